import type { TFunction } from 'i18next'

/** What a call's arguments say, a line for each thing, for people. */
export type Line = { label: string; text: string }

export type Names = {
  field: (name: string) => string
  value: (value: unknown) => string
  collection: (name: string) => string
  /** The names that hold in another collection. */
  of: (collection: string) => Names
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const operators = {
  $eq: 'is',
  $ne: 'isNot',
  $gt: 'above',
  $gte: 'from',
  $lt: 'below',
  $lte: 'upTo',
  $in: 'oneOf',
  $notIn: 'noneOf',
  $contains: 'contains',
  $notContains: 'containsNot',
  $startsWith: 'startsWith',
  $endsWith: 'endsWith',
  $includes: 'contains',
} as const

/** A filter in words: "Stage is none of Won, Lost and Amount is above 1000". */
export function filterText(filter: unknown, names: Names, t: TFunction<'assistant'>): string {
  if (!isObject(filter)) return ''
  const parts = Object.entries(filter).map(([key, value]) => {
    if (key === '$and' || key === '$or') {
      const word = key === '$and' ? t('filter.and') : t('filter.or')
      const inner = list(value).map(part => filterText(part, names, t))
      return inner.length > 1 && key === '$or' ? `(${inner.join(` ${word} `)})` : inner.join(` ${word} `)
    }
    if ((key === '$has' || key === '$hasNo') && isObject(value)) return related(key, value, names, t)
    if (key === '$not') return t('filter.not', { text: filterText(value, names, t) })
    return condition(key, value, names, t)
  })
  return parts.filter(Boolean).join(` ${t('filter.and')} `)
}

/** A condition on records of another collection that name this one. */
function related(
  key: '$has' | '$hasNo',
  value: Record<string, unknown>,
  names: Names,
  t: TFunction<'assistant'>,
): string {
  const collection = names.collection(String(value.collection))
  const text = filterText(value.filter, names.of(String(value.collection)), t)
  if (key === '$has') return text ? t('filter.hasWhere', { collection, text }) : t('filter.has', { collection })
  return text ? t('filter.hasNoWhere', { collection, text }) : t('filter.hasNo', { collection })
}

function condition(name: string, value: unknown, names: Names, t: TFunction<'assistant'>): string {
  const field = names.field(name)
  if (!isObject(value)) return t('filter.is', { field, value: names.value(value) })
  const told = Object.entries(value).map(([operator, operand]) => {
    if (operator === '$empty' || operator === '$notEmpty') {
      return t((operator === '$empty') === (operand !== false) ? 'filter.empty' : 'filter.notEmpty', { field })
    }
    const shown = Array.isArray(operand) ? operand.map(names.value).join(', ') : names.value(operand)
    const key = operators[operator as keyof typeof operators]
    return key ? t(`filter.${key}`, { field, value: shown }) : `${field} ${operator} ${shown}`
  })
  return told.join(` ${t('filter.and')} `)
}

/** The arguments of the tools that read, in words. What is not known stays raw. */
export function describe(args: unknown, names: Names, t: TFunction<'assistant'>): Line[] {
  if (!isObject(args)) return []
  const lines: Line[] = []
  const add = (key: Parameters<typeof label>[0], text: string) => {
    if (text) lines.push({ label: label(key, t), text })
  }
  const fields = (value: unknown) =>
    list(value)
      .map(name => names.field(String(name)))
      .join(', ')
  add(
    'measures',
    list(args.measures)
      .filter(isObject)
      .map(m => measure(m, names, t))
      .join(', '),
  )
  const dimensions = list(args.dimensions).filter(isObject)
  add('groups', dimensions.map(d => names.field(String(d.field)) + (d.bucket ? ` (${d.bucket})` : '')).join(', '))
  add('filter', filterText(args.filter, names, t))
  add('fields', fields(args.fields))
  add(
    'sort',
    list(args.sort)
      .map(s => sorted(String(s), names, t))
      .join(', '),
  )
  if (typeof args.q === 'string' || typeof args.query === 'string') add('search', names.value(args.q ?? args.query))
  if (isObject(args.values)) {
    add(
      'values',
      Object.entries(args.values)
        .map(([name, value]) => `${names.field(name)}: ${names.value(value)}`)
        .join(', '),
    )
  }
  if (typeof args.limit === 'number') add('limit', String(args.limit))
  return lines
}

const label = (
  key: 'measures' | 'groups' | 'filter' | 'fields' | 'sort' | 'search' | 'values' | 'limit',
  t: TFunction<'assistant'>,
) => t(`trace.${key}`)

function measure(m: Record<string, unknown>, names: Names, t: TFunction<'assistant'>): string {
  const field = typeof m.field === 'string' ? names.field(m.field) : ''
  const of = filterText(m.filter, names, t)
  const fn = String(m.fn)
  const known = ['count', 'sum', 'avg', 'min', 'max', 'count_distinct', 'ratio'] as const
  const name = known.find(k => k === fn)
  const text = name ? t(`measure.${name}`, { field }) : `${fn} ${field}`
  return of ? t('measure.where', { text, filter: of }) : text
}

function sorted(text: string, names: Names, t: TFunction<'assistant'>): string {
  return text.startsWith('-') ? t('trace.descending', { field: names.field(text.slice(1)) }) : names.field(text)
}
