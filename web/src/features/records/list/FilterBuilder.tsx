import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconFolderPlus, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { CollectionMeta } from '@/shared/useCollection'
import classes from './FilterBuilder.module.css'
import { FilterRule, withOperator } from './FilterRule'
import { type FilterModel, isGroup, operatorsOf, type Rule, type RuleGroup } from './filter'

type Props = { collection: CollectionMeta; model: FilterModel; onChange: (model: FilterModel) => void }

function firstRule(collection: CollectionMeta): Rule {
  const field = collection.field('stage') ?? collection.field('status') ?? collection.field(collection.titleField)
  const name = field?.name ?? collection.fields[0]?.name ?? 'id'
  return withOperator({ field: name, op: '', value: null }, field ? (operatorsOf(field)[0] ?? '$eq') : '$eq')
}

/** Conditions, and groups of them one level deep. */
export function FilterBuilder({ collection, model, onChange }: Props) {
  const { t } = useTranslation('records')
  const replace = (at: number, item: Rule | RuleGroup | null) =>
    onChange({ ...model, items: model.items.flatMap((old, i) => (i !== at ? [old] : item ? [item] : [])) })
  const add = (item: Rule | RuleGroup) => onChange({ ...model, items: [...model.items, item] })
  return (
    <Stack gap="sm">
      {model.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('filter.none')}
        </Text>
      )}
      {model.items.length > 1 && <Join value={model.join} onChange={join => onChange({ ...model, join })} />}
      {model.items.map((item, at) =>
        isGroup(item) ? (
          <RulesOfGroup
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
            key={at}
            collection={collection}
            group={item}
            onChange={group => replace(at, group.rules.length > 0 ? group : null)}
          />
        ) : (
          <FilterRule
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
            key={at}
            collection={collection}
            rule={item}
            onChange={rule => replace(at, rule)}
            onRemove={() => replace(at, null)}
          />
        ),
      )}
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => add(firstRule(collection))}
        >
          {t('filter.add')}
        </Button>
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconFolderPlus size={14} />}
          onClick={() => add({ join: model.join === 'and' ? 'or' : 'and', rules: [firstRule(collection)] })}
        >
          {t('filter.addGroup')}
        </Button>
      </Group>
    </Stack>
  )
}

function Join({ value, onChange }: { value: 'and' | 'or'; onChange: (join: 'and' | 'or') => void }) {
  const { t } = useTranslation('records')
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('filter.join')}
      value={value}
      onChange={next => onChange(next === 'or' ? 'or' : 'and')}
      data={[
        { value: 'and', label: t('filter.and') },
        { value: 'or', label: t('filter.or') },
      ]}
      className={classes.join}
    />
  )
}

type GroupProps = { collection: CollectionMeta; group: RuleGroup; onChange: (group: RuleGroup) => void }

function RulesOfGroup({ collection, group, onChange }: GroupProps) {
  const { t } = useTranslation('records')
  const replace = (at: number, rule: Rule | null) =>
    onChange({ ...group, rules: group.rules.flatMap((old, i) => (i !== at ? [old] : rule ? [rule] : [])) })
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>{t('filter.group')}</legend>
      <Join value={group.join} onChange={join => onChange({ ...group, join })} />
      {group.rules.map((rule, at) => (
        <FilterRule
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own
          key={at}
          collection={collection}
          rule={rule}
          onChange={next => replace(at, next)}
          onRemove={() => replace(at, null)}
        />
      ))}
      <Button
        variant="subtle"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange({ ...group, rules: [...group.rules, firstRule(collection)] })}
      >
        {t('filter.addToGroup')}
      </Button>
    </fieldset>
  )
}
