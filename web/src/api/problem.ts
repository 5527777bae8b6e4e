import type { components } from './schema.gen'

type Problem = components['schemas']['Problem']

export type RecordProblem = components['schemas']['RecordProblem']

type Details = Partial<Omit<Problem, 'kind' | 'detail'>> & { detail: string; kind: ProblemKind; retryAfter?: number }

/** What is wrong, for programs; `offline` is ours: the server was not reached. */
export type ProblemKind = Problem['kind'] | 'offline'

/**
 * An answer of the server that is no success, as RFC 9457 problem details.
 * Its message is for people and says what to change.
 */
export class ProblemError extends Error {
  readonly kind: ProblemKind
  readonly status: number
  /** Path of the offending input, e.g. `values.amount`. */
  readonly field?: string
  readonly hint?: string
  /** What to name when asking the operator. */
  readonly requestId?: string
  /** Seconds until trying again makes sense. */
  readonly retryAfter?: number
  /** Of a change of many records: what stands against each. */
  readonly records?: RecordProblem[]

  constructor(problem: Details) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.kind = problem.kind
    this.status = problem.status ?? 0
    this.field = problem.field
    this.hint = problem.hint
    this.requestId = problem.request_id
    this.retryAfter = problem.retryAfter
    this.records = problem.records
  }
}

/** Makes the problem of an answer, also of one that a proxy made and that is no JSON. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined
  const fallback = {
    kind: kindOf(response.status),
    status: response.status,
    detail: response.statusText || `HTTP ${response.status}`,
    request_id: response.headers.get('X-Request-Id') ?? undefined,
  }
  try {
    const body = (await response.json()) as Problem
    return new ProblemError({ ...fallback, ...body, retryAfter })
  } catch {
    return new ProblemError({ ...fallback, retryAfter })
  }
}

function kindOf(status: number): ProblemKind {
  const kinds: Record<number, ProblemKind> = {
    400: 'invalid',
    401: 'unauthenticated',
    403: 'denied',
    404: 'not_found',
    409: 'conflict',
    412: 'conflict',
    422: 'invalid',
    429: 'limited',
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
  }
  return kinds[status] ?? 'internal'
}

export const isProblem = (error: unknown, kind?: ProblemKind): error is ProblemError =>
  error instanceof ProblemError && (kind === undefined || error.kind === kind)

/**
 * The problem as errors of a form's fields: the server names a field as
 * `values.amount`, the form as `amount`. Null if it names none of the form's fields,
 * so that the form shows the message above itself instead.
 */
export function fieldErrors(error: unknown, fields: readonly string[]): Record<string, string> | null {
  if (!isProblem(error) || !error.field) return null
  const name = error.field.replace(/^values\./, '')
  return fields.includes(name) ? { [name]: sentence(error) } : null
}

/** The message and, if there is one, the hint. */
export function sentence(error: unknown): string {
  if (!isProblem(error)) return error instanceof Error ? error.message : String(error)
  return error.hint ? `${error.message} (${error.hint})` : error.message
}
