import { describe, expect, it } from 'vitest'
import { fieldErrors, isProblem, ProblemError, problemOf, sentence } from './problem'

describe('problemOf', () => {
  it('reads problem details', async () => {
    const answer = new Response(
      JSON.stringify({
        title: 'Bad Request',
        status: 400,
        kind: 'invalid',
        detail: 'name needs a value',
        field: 'values.name',
        request_id: 'r1',
      }),
      { status: 400 },
    )
    const problem = await problemOf(answer)
    expect(problem).toMatchObject({ kind: 'invalid', status: 400, message: 'name needs a value', requestId: 'r1' })
  })

  it('makes sense of an answer that a proxy made', async () => {
    const problem = await problemOf(new Response('<html>', { status: 502, headers: { 'X-Request-Id': 'r2' } }))
    expect(problem).toMatchObject({ kind: 'unavailable', status: 502, requestId: 'r2' })
  })

  it('says when to try again', async () => {
    const problem = await problemOf(new Response('{}', { status: 429, headers: { 'Retry-After': '12' } }))
    expect(problem).toMatchObject({ kind: 'limited', retryAfter: 12 })
  })
})

describe('fieldErrors', () => {
  const problem = new ProblemError({
    kind: 'invalid',
    detail: 'is too long',
    hint: 'at most 200',
    field: 'values.name',
  })

  it('names the field as the form does', () => {
    expect(fieldErrors(problem, ['name'])).toEqual({ name: 'is too long (at most 200)' })
  })

  it('is null where the form has no such field, or the error is none of the server', () => {
    expect(fieldErrors(problem, ['email'])).toBeNull()
    expect(fieldErrors(new Error('x'), ['name'])).toBeNull()
  })
})

it('tells problems by their kind', () => {
  expect(isProblem(new ProblemError({ kind: 'denied', detail: 'x' }), 'denied')).toBe(true)
  expect(isProblem(new ProblemError({ kind: 'denied', detail: 'x' }), 'limited')).toBe(false)
  expect(sentence(new Error('plain'))).toBe('plain')
})
