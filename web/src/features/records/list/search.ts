/** What the address of a collection's page says of it. What is absent comes from the view, or by itself. */
export type ListSearch = {
  /** Id of the saved view, or `all` for none. */
  view?: string
  as?: Layout
  q?: string
  /** As the API takes it; {} for none where the view has one. */
  filter?: ApiFilter
  /** `-amount,name`; empty for none where the view has one. */
  sort?: string
  /** `name,amount`. */
  columns?: string
  /** `name:240,amount:120`; empty for none where the view has some. */
  widths?: string
  /** Of a calendar: 2026-11. */
  month?: string
}

export type Layout = 'table' | 'board' | 'calendar' | 'agenda'
export type ApiFilter = Record<string, unknown>

const layouts: readonly string[] = ['table', 'board', 'calendar', 'agenda'] satisfies Layout[]

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

const object = (value: unknown): ApiFilter | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ApiFilter) : undefined

/** What makes the page show what the view says, and nothing else. */
export const asSaved = {
  as: undefined,
  filter: undefined,
  sort: undefined,
  columns: undefined,
  widths: undefined,
} satisfies ListSearch

/** Reads the address, which anybody may have written: what is not understood is left out. */
export function readListSearch(raw: Record<string, unknown>): ListSearch {
  const as = text(raw.as)
  const month = text(raw.month)
  const read: ListSearch = {
    view: text(raw.view),
    as: as !== undefined && layouts.includes(as) ? (as as Layout) : undefined,
    q: text(raw.q),
    filter: object(raw.filter),
    sort: text(raw.sort),
    columns: text(raw.columns),
    widths: text(raw.widths),
    month: month && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : undefined,
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as ListSearch
}
