import type { Field, Row, Value } from '@/api/types'

export type Values = Record<string, Value>

/** The values of the fields as a record has them. */
export const valuesOf = (fields: Field[], record: Row | undefined): Values =>
  Object.fromEntries(fields.map(field => [field.name, (record?.[field.name] ?? null) as Value]))

const empty = (value: Value | undefined) => value === '' || value === null || value === undefined

/** What differs from before, as the API takes it. */
export function changesOf(before: Values, now: Values): Values {
  const differs = ([name, value]: [string, Value]) => value !== before[name] && !(empty(value) && empty(before[name]))
  return Object.fromEntries(Object.entries(now).filter(differs))
}

export type Wrong = 'required' | 'email' | 'integer' | 'number'

/** What is wrong with a value by its field's type, before the server is asked. */
export function wrongWith(field: Field, value: Value | undefined): Wrong | undefined {
  if (empty(value)) return field.required ? 'required' : undefined
  if (field.format === 'email') return /^[^\s@]+@[^\s@]+$/.test(String(value)) ? undefined : 'email'
  if (field.type === 'integer') return Number.isInteger(value) ? undefined : 'integer'
  if (field.type === 'decimal' || field.type === 'money') return Number.isFinite(value) ? undefined : 'number'
  return undefined
}

/** A field that both have changed since it was read, or that only the others have. */
export type Difference = { field: Field; base: Value; mine: Value; theirs: Value; both: boolean }

/** What others have changed since the record was read, beside what one has changed oneself. */
export function differences(fields: Field[], base: Values, mine: Values, theirs: Values): Difference[] {
  return fields.flatMap(field => {
    const [before, own, other] = [base[field.name] ?? null, mine[field.name] ?? null, theirs[field.name] ?? null]
    if (other === before || other === own) return []
    return [{ field, base: before, mine: own, theirs: other, both: own !== before }]
  })
}
