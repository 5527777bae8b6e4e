import { ActionIcon, Button, Checkbox, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconAdjustments, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useModelText } from '@/shared/useModelText'
import { problemAt, usePolicy, useProblems } from './draft'
import { GrantDrawer } from './GrantDrawer'
import { grouped, type Group as Rows, share, ungrouped, withAction } from './grants'
import { addressOf, useModelCollections } from './model'
import { ScopesButton } from './ScopesButton'
import { actions, every, type Grant, type ModelCollection, mainSource } from './types'

type Props = {
  grants: Grant[]
  /** Place of the grants in the document, for what is wrong with them. */
  path: string
  onChange: (grants: Grant[]) => void
  /** An AI employee's remit: it can be about every collection, and knows no named scopes there. */
  remit?: boolean
}

const everything: ModelCollection = {
  data_source: mainSource,
  name: every,
  title: every,
  title_field: '',
  fields: [],
}

/** Which actions are granted on which rows of each collection. Rows of one collection that differ stand below each other. */
export function GrantsTable({ grants, path, onChange, remit }: Props) {
  const { t } = useTranslation('settings-policy')
  const model = useModelText()
  const collections = useModelCollections()
  const [filter, setFilter] = useState('')
  const title = (c: ModelCollection) => (c.name === every ? t('grants.every') : model.collection(c))
  const shown = [...(remit ? [everything] : []), ...collections.values()].filter(c =>
    title(c).toLowerCase().includes(filter.trim().toLowerCase()),
  )
  return (
    <Stack>
      <TextInput
        aria-label={t('grants.filter')}
        placeholder={t('grants.filter')}
        value={filter}
        onChange={e => setFilter(e.currentTarget.value)}
        maw={320}
      />
      <Table.ScrollContainer minWidth={740} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={6} aria-label={t('grants.caption')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('collection')}</Table.Th>
              {actions.map(action => (
                <Table.Th key={action}>{t(`action.${action}`)}</Table.Th>
              ))}
              <Table.Th w={170}>{t('grants.scope')}</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(collection => (
              <CollectionRows
                key={addressOf(collection.data_source, collection.name)}
                {...{ collection, grants, path, onChange, title: title(collection) }}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

type RowsProps = Omit<Props, 'remit'> & { collection: ModelCollection; title: string }

function CollectionRows({ collection, grants, path, onChange, title }: RowsProps) {
  const { t } = useTranslation('settings-policy')
  const { document } = usePolicy()
  const own = addressOf(collection.data_source, collection.name)
  const isOwn = (grant: Grant) => addressOf(grant.data_source, grant.collection) === own
  const groups = grouped(grants.map((grant, index) => ({ grant, index })).filter(({ grant }) => isOwn(grant)))
  const scopes = (document.scopes ?? []).filter(s => addressOf(s.data_source, s.collection) === own)
  const of = {
    collection: collection.name,
    ...(collection.data_source !== mainSource && { data_source: collection.data_source }),
  }
  const order = collection.fields.map(field => field.name)
  const replace = (next: Rows[]) => {
    const first = grants.findIndex(isOwn)
    const rest = grants.filter(grant => !isOwn(grant))
    const before = first < 0 ? rest.length : grants.slice(0, first).filter(grant => !isOwn(grant)).length
    onChange(rest.toSpliced(before, 0, ...next.flatMap(group => ungrouped(group, of, order))))
  }
  const empty: Rows = { scope: scopes.some(s => s.name === 'own') ? 'own' : 'all', indexes: [], cells: {} }
  const used = new Set(groups.map(group => group.scope))
  const free = ['all', ...scopes.map(s => s.name)].find(name => !used.has(name))
  const rows = groups.length ? groups : [empty]
  /** Further rows begin with what names a record, and nothing else. */
  const begun = (scope: string): Rows => ({ scope, indexes: [], cells: { view: new Set([collection.title_field]) } })
  return rows.map((group, n) => (
    <GrantRow
      key={group.indexes.join() || 'none'}
      {...{ collection, group, path, title, first: n === 0 }}
      scopes={scopes.map(s => ({ value: s.name, label: s.title || s.name }))}
      onChange={changed => {
        const next = groups.length ? groups.with(n, changed) : [changed]
        replace(next.filter(g => Object.keys(g.cells).length))
      }}
      another={
        groups.length > 0 && n === groups.length - 1 && free !== undefined && collection.name !== every ? (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconPlus size={12} />}
            aria-label={t('grants.another', { collection: title })}
            onClick={() => replace([...groups, begun(free)])}
          >
            {t('grants.anotherShort')}
          </Button>
        ) : null
      }
    />
  ))
}

type RowProps = {
  collection: ModelCollection
  group: Rows
  path: string
  title: string
  first: boolean
  scopes: { value: string; label: string }[]
  onChange: (group: Rows) => void
  another: React.ReactNode
}

function GrantRow({ collection, group, path, title, first, scopes, onChange, another }: RowProps) {
  const { t } = useTranslation('settings-policy')
  const problems = useProblems()
  const [open, setOpen] = useState(false)
  const wrong = group.indexes.map(index => problemAt(problems, `${path}[${index}]`)).find(Boolean)
  const granted = Object.keys(group.cells).length > 0
  const options = [
    { value: 'all', label: t('grants.all') },
    { value: 'none', label: t('grants.noneScope') },
    ...(collection.name === every ? [] : scopes),
  ]
  return (
    <Table.Tr>
      <Table.Td>
        {first && (
          <Text size="sm" fw={500}>
            {title}
          </Text>
        )}
        {another}
        {wrong && (
          <Text size="xs" c="var(--mantine-color-error)">
            {wrong}
          </Text>
        )}
      </Table.Td>
      {actions.map(action => {
        const how = share(group.cells[action], collection.fields)
        const part = how === 'some' && action !== 'delete' && action !== 'export'
        return (
          <Table.Td key={action}>
            <Checkbox
              aria-label={t(part ? 'grants.cellPart' : 'grants.cell', {
                action: t(`action.${action}`),
                collection: title,
              })}
              checked={how !== 'none' && !part}
              indeterminate={part}
              onChange={() => onChange(withAction(group, action, how === 'none' ? every : undefined))}
            />
          </Table.Td>
        )
      })}
      <Table.Td>
        <Select
          aria-label={t('grants.scopeOf', { collection: title })}
          data={options}
          value={group.scope}
          disabled={!granted}
          allowDeselect={false}
          size="xs"
          onChange={scope => scope && onChange({ ...group, scope })}
        />
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {first && collection.name !== every && <ScopesButton collection={collection} title={title} />}
          {granted && collection.name !== every && (
            <ActionIcon onClick={() => setOpen(true)} aria-label={t('grants.fields', { collection: title })}>
              <IconAdjustments size={16} />
            </ActionIcon>
          )}
        </Group>
        <GrantDrawer
          opened={open}
          onClose={() => setOpen(false)}
          {...{ collection, group, title, onChange }}
          scopes={options}
        />
      </Table.Td>
    </Table.Tr>
  )
}
