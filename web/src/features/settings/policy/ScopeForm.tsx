import { ActionIcon, Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useModelText } from '@/shared/useModelText'
import { type Condition, type Form, type Operator, operatorsFor } from './expression'
import type { Term, Vocabulary } from './types'

type Props = { form: Form; vocabulary: Vocabulary; onChange: (form: Form) => void }

/** Simple conditions, all or any of which must hold. */
export function ScopeForm({ form, vocabulary, onChange }: Props) {
  const { t } = useTranslation('settings-policy')
  const { conditions } = form
  const first = vocabulary.record.find(term => term.name !== 'record.id') ?? vocabulary.record[0]
  const add = () => {
    if (!first) return
    const condition: Condition = { field: first.name, operator: '==', kind: 'value', value: '' }
    onChange({ ...form, conditions: [...conditions, condition] })
  }
  return (
    <Stack gap="xs">
      {conditions.length > 1 && (
        <Select
          label={t('scopes.match')}
          data={[
            { value: '&&', label: t('scopes.and') },
            { value: '||', label: t('scopes.or') },
          ]}
          value={form.join}
          allowDeselect={false}
          onChange={join => onChange({ ...form, join: join === '||' ? '||' : '&&' })}
          maw={240}
        />
      )}
      {conditions.map((condition, n) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity
          key={n}
          {...{ n, condition, vocabulary }}
          onChange={next => onChange({ ...form, conditions: conditions.with(n, next) })}
          onRemove={() => onChange({ ...form, conditions: conditions.toSpliced(n, 1) })}
        />
      ))}
      <div>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
          {t('scopes.add')}
        </Button>
      </div>
    </Stack>
  )
}

type LineProps = {
  n: number
  condition: Condition
  vocabulary: Vocabulary
  onChange: (condition: Condition) => void
  onRemove: () => void
}

const words: Partial<Record<Operator, 'in' | 'contains' | 'startsWith' | 'team' | 'dept'>> = {
  in: 'in',
  contains: 'contains',
  startsWith: 'startsWith',
  team: 'team',
  dept: 'dept',
}

const plain = (operator: Operator) => ['==', '!=', '<', '<=', '>', '>='].includes(operator)

function Line({ n, condition, vocabulary, onChange, onRemove }: LineProps) {
  const { t } = useTranslation('settings-policy')
  const model = useModelText()
  const term = vocabulary.record.find(candidate => candidate.name === condition.field)
  const place = { n: n + 1 }
  const label = (candidate: Term) => {
    const steps = candidate.name.split('.').slice(1)
    const own = model.field({ name: steps.at(-1) ?? '', title: candidate.title ?? candidate.name })
    return steps.length > 1 ? `${steps.slice(0, -1).join(' › ')} › ${own}` : own
  }
  const choose = (field: string | null) => {
    const next = vocabulary.record.find(candidate => candidate.name === field)
    if (!next) return
    const known = operatorsFor(next)
    const operator = known.includes(condition.operator) ? condition.operator : (known[0] ?? '==')
    onChange({ field: next.name, operator, kind: condition.kind === 'null' ? 'null' : 'value', value: '' })
  }
  const kind = (next: string | null) => {
    const user = vocabulary.user.find(candidate => candidate.type === term?.type) ?? vocabulary.user[0]
    if (next === 'user') onChange({ ...condition, kind: 'user', value: user?.name ?? 'user.id' })
    else onChange({ ...condition, kind: next === 'null' ? 'null' : 'value', value: '' })
  }
  return (
    <Group gap="xs" role="group" aria-label={t('scopes.condition', place)} wrap="wrap">
      <Select
        aria-label={t('scopes.fieldOf', place)}
        data={vocabulary.record.map(candidate => ({ value: candidate.name, label: label(candidate) }))}
        value={condition.field}
        onChange={choose}
        allowDeselect={false}
        searchable
        w={220}
      />
      <Select
        aria-label={t('scopes.operatorOf', place)}
        data={operatorsFor(term).map(operator => {
          const word = words[operator]
          return { value: operator, label: word ? t(`scopes.${word}`) : operator }
        })}
        value={condition.operator}
        onChange={operator => operator && onChange({ ...condition, operator: operator as Operator })}
        allowDeselect={false}
        w={150}
      />
      {plain(condition.operator) && (
        <Select
          aria-label={t('scopes.kindOf', place)}
          data={[
            { value: 'value', label: t('scopes.value') },
            { value: 'user', label: t('scopes.user') },
            { value: 'null', label: t('scopes.isNull') },
          ]}
          value={condition.kind}
          onChange={kind}
          allowDeselect={false}
          w={140}
        />
      )}
      <ValueInput {...{ condition, term, vocabulary, onChange }} label={t('scopes.valueOf', place)} />
      <ActionIcon aria-label={t('scopes.removeOf', place)} onClick={onRemove}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  )
}

type ValueProps = {
  condition: Condition
  term: Term | undefined
  vocabulary: Vocabulary
  onChange: (condition: Condition) => void
  label: string
}

function ValueInput({ condition, term, vocabulary, onChange, label }: ValueProps) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  const model = useModelText()
  const set = (value: string | null) => onChange({ ...condition, value: value ?? '' })
  if (condition.operator === 'team' || condition.operator === 'dept') return null
  if (plain(condition.operator) && condition.kind === 'null') return null
  const choice = { 'aria-label': label, value: condition.value || null, onChange: set, allowDeselect: false, w: 180 }
  if (plain(condition.operator) && condition.kind === 'user')
    return <Select {...choice} data={vocabulary.user.filter(u => !u.list).map(u => u.name)} />
  if (condition.operator !== 'in' && term?.options)
    return <Select {...choice} data={term.options.map(o => ({ value: o, label: model.option(o) }))} />
  if (term?.type === 'boolean')
    return (
      <Select
        {...choice}
        data={[
          { value: 'true', label: tc('yes') },
          { value: 'false', label: tc('no') },
        ]}
      />
    )
  const types = { date: 'date', integer: 'number', decimal: 'number', money: 'number' } as const
  return (
    <TextInput
      aria-label={label}
      type={types[term?.type as keyof typeof types] ?? 'text'}
      step="any"
      value={condition.value}
      onChange={e => set(e.currentTarget.value)}
      placeholder={condition.operator === 'in' ? t('scopes.inHint') : undefined}
      w={180}
    />
  )
}
