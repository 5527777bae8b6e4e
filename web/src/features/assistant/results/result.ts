/** The result of a tool call as a table: what a query, an aggregate or a count gave. */

export type ResultColumn = {
  name: string
  title?: string
  type: string
  currency?: string
  /** Dates of this length: month, quarter, … */
  bucket?: string
  /** A share from 0 to 1. */
  percent?: boolean
}

export type ResultRow = Record<string, unknown> & { id?: string; _hidden?: string[] }

export type ResultTable = {
  collection?: string
  columns: ResultColumn[]
  rows: ResultRow[]
  /** There is more than these rows. */
  more: boolean
}

type Raw = {
  collection?: unknown
  columns?: unknown
  rows?: unknown
  records?: unknown
  count?: unknown
  more?: unknown
  next_cursor?: unknown
}

type Arguments = {
  measures?: { fn?: unknown; as?: unknown; field?: unknown }[]
  dimensions?: { field?: unknown; bucket?: unknown; as?: unknown }[]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The rows of a result, null where it has none. */
export function tableOf(call: { result?: unknown; arguments?: unknown }): ResultTable | null {
  if (!isObject(call.result)) return null
  const raw = call.result as Raw
  const collection = typeof raw.collection === 'string' ? raw.collection : undefined
  if (typeof raw.count === 'number') {
    const columns = [{ name: 'count', type: 'integer' }]
    return { collection, columns, rows: [{ count: raw.count }], more: false }
  }
  const rows = Array.isArray(raw.rows) ? raw.rows : raw.records
  if (!Array.isArray(rows) || !Array.isArray(raw.columns)) return null
  const columns = raw.columns.filter(isObject) as ResultColumn[]
  return {
    collection,
    columns: columns.map(column => ({ ...column, ...known(column.name, call.arguments) })),
    rows: rows.filter(isObject) as ResultRow[],
    more: raw.more === true || typeof raw.next_cursor === 'string',
  }
}

/** What the question says of a column that the result does not. */
function known(name: string, from: unknown): Partial<ResultColumn> {
  if (!isObject(from)) return {}
  const { measures, dimensions } = from as Arguments
  if (Array.isArray(measures) && measures.some(m => isObject(m) && m.as === name && m.fn === 'ratio')) {
    return { percent: true }
  }
  const dimension = Array.isArray(dimensions)
    ? dimensions.find(d => isObject(d) && (d.as ?? d.field) === name && typeof d.bucket === 'string')
    : undefined
  return dimension ? { bucket: String(dimension.bucket) } : {}
}
