import createClient, { type Middleware } from 'openapi-fetch'
import { ProblemError, problemOf } from './problem'
import type { paths } from './schema.gen'

/** Turns every answer that is no success into a ProblemError. */
const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response)
  },
  onError({ error }) {
    if (error instanceof ProblemError) return error
    if (error instanceof DOMException && error.name === 'AbortError') return error
    return new ProblemError({ kind: 'offline', detail: 'The server cannot be reached.' })
  },
}

/**
 * The server's API, typed by its OpenAPI document. Calls throw ProblemError. The
 * session is a cookie that scripts cannot read, so nothing is handed along here.
 */
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', credentials: 'same-origin' })
api.use(problems)

/** The body of a successful answer: `const me = await body(api.GET('/api/me'))`. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await answer
  return data as NonNullable<T>
}
