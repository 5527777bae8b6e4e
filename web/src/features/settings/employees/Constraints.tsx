import {
  ActionIcon,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useModelText } from '@/shared/useModelText'
import { addressOf, useModelCollections } from '../policy/model'
import type { Task } from '../policy/types'
import { useEditTask } from './useEmployee'

type Held = NonNullable<Task['constraints']>
type Named = NonNullable<Held['collections']>[number]

const addressOfNamed = (c: Named) => addressOf(c.data_source, c.collection)

/** What the lens holds the task to, whatever its instructions say. */
export function Constraints({ task }: { task: Task }) {
  const { t } = useTranslation('settings-employees')
  const model = useModelText()
  const collections = useModelCollections()
  const { edit, problem } = useEditTask(task.name)
  const constraints = task.constraints ?? {}
  const set = (change: Held) =>
    edit(x => {
      x.constraints = { ...x.constraints, ...change }
    })
  const named = constraints.collections ?? []
  const choose = (addresses: string[]) =>
    set({
      collections: addresses.flatMap(address => {
        const known = named.find(c => addressOfNamed(c) === address)
        const of = collections.get(address)
        return known ?? (of ? { collection: of.name, ...(of.name !== address && { data_source: of.data_source }) } : [])
      }),
    })
  return (
    <Stack>
      <div>
        <Title order={2} size="h5">
          {t('tasks.constraints')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('tasks.constraintsHint')}
        </Text>
      </div>
      <MultiSelect
        label={t('tasks.collections')}
        description={t('tasks.collectionsHint')}
        data={[...collections].map(([value, c]) => ({ value, label: model.collection(c) }))}
        value={named.map(addressOfNamed)}
        error={named.length === 0 && problem('constraints.collections')}
        onChange={choose}
        searchable
      />
      {named.map((c, n) => (
        <Fields
          key={addressOfNamed(c)}
          of={c}
          error={problem(`constraints.collections[${n}]`)}
          onChange={next => set({ collections: next ? named.with(n, next) : named.toSpliced(n, 1) })}
        />
      ))}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {(['row_limit', 'last_days'] as const).map(key => (
          <NumberInput
            key={key}
            label={t(`tasks.${key}`)}
            description={t(`tasks.${key}Hint`)}
            placeholder={t('noLimit')}
            value={constraints[key] || ''}
            error={problem(`constraints.${key}`)}
            min={0}
            allowDecimal={false}
            hideControls
            onChange={value => set({ [key]: Number(value) || undefined })}
          />
        ))}
      </SimpleGrid>
      <Checkbox
        label={t('tasks.read_only')}
        description={t('tasks.read_onlyHint')}
        checked={constraints.read_only ?? false}
        error={problem('constraints.read_only')}
        onChange={event => set({ read_only: event.currentTarget.checked })}
      />
    </Stack>
  )
}

type FieldsProps = { of: Named; error?: string; onChange: (next: Named | null) => void }

/** Which fields of a collection the task may read. */
function Fields({ of, error, onChange }: FieldsProps) {
  const { t } = useTranslation('settings-employees')
  const model = useModelText()
  const collection = useModelCollections().get(addressOfNamed(of))
  const title = collection ? model.collection(collection) : of.collection
  return (
    <Paper withBorder p="sm">
      <Group align="start" wrap="nowrap">
        <MultiSelect
          flex={1}
          label={t('tasks.fieldsOf', { collection: title })}
          description={of.fields?.length ? t('tasks.fieldsSome') : t('tasks.fieldsAll')}
          data={(collection?.fields ?? []).map(field => ({ value: field.name, label: model.field(field) }))}
          value={of.fields ?? []}
          error={error}
          onChange={fields => {
            const { fields: _, ...rest } = of
            onChange(fields.length ? { ...rest, fields } : rest)
          }}
          searchable
        />
        <ActionIcon aria-label={t('tasks.removeCollection', { collection: title })} onClick={() => onChange(null)}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
    </Paper>
  )
}
