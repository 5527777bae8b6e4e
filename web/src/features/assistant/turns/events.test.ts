import { expect, test } from 'vitest'
import { advance, nothingYet, type Progress, type TurnEvent } from './events'
import { withTurn } from './queries'
import type { Turn } from './types'

const turn = (id: string, more: Partial<Turn> = {}): Turn => ({
  id,
  question: 'How many?',
  state: 'ended',
  answer: 'Two.',
  calls: [],
  started_at: '2026-01-01T00:00:00Z',
  ...more,
})

const all = (events: TurnEvent[]): Progress => events.reduce((p, e) => advance(p, e), nothingYet)

const counted = { step: 1, id: 'c1', tool: 'count_records', arguments: { collection: 'leads' } }

test('text before a tool call is talk on the way, what comes last is the answer', () => {
  const progress = all([
    { name: 'text', data: { step: 1, text: 'Let me look.' } },
    { name: 'tool_call', data: counted },
    { name: 'tool_result', data: { ...counted, result: { count: 2 }, rows: 1 } },
    { name: 'text', data: { step: 2, text: 'Two ' } },
    { name: 'text', data: { step: 2, text: 'leads.' } },
  ])
  expect(progress.text).toBe('Two leads.')
  expect(progress.calls).toEqual([expect.objectContaining({ id: 'c1', result: { count: 2 } })])
  expect(progress.calls[0]?.pending).toBeUndefined()
})

test('the answer gets the results that came before it, but for what is withheld by now', () => {
  const progress = all([
    { name: 'tool_result', data: { ...counted, result: { count: 2 } } },
    { name: 'tool_result', data: { ...counted, id: 'c2', result: { count: 3 } } },
    {
      name: 'answer',
      data: turn('t', {
        calls: [
          { id: 'c1', tool: 'count_records' },
          { id: 'c2', tool: 'count_records', withheld: { reason: 'hidden', message: 'no' } },
        ],
      }),
    },
  ])
  expect(progress.answer?.calls[0]?.result).toEqual({ count: 2 })
  expect(progress.answer?.calls[1]?.result).toBeUndefined()
})

test('how long a call took is what the server says', () => {
  const progress = all([
    { name: 'tool_call', data: counted },
    { name: 'tool_result', data: { ...counted, result: { count: 2 }, took: 12_000_000 } },
    { name: 'answer', data: turn('t', { calls: [{ id: 'c1', tool: 'count_records', took: 12_000_000 }] }) },
  ])
  expect(progress.calls[0]?.took).toBe(12_000_000)
  expect(progress.answer?.calls[0]?.took).toBe(12_000_000)
})

test('an event that comes twice counts once', () => {
  const chart = { step: 1, id: 'chart-1', kind: 'bar' as const, title: 'x', call: 'c1', series: [] }
  const progress = all([
    { name: 'tool_call', data: counted },
    { name: 'tool_call', data: counted },
    { name: 'chart', data: chart },
    { name: 'chart', data: chart },
  ])
  expect(progress.calls).toHaveLength(1)
  expect(progress.charts).toHaveLength(1)
})

test('a new attempt replaces those before it', () => {
  const conversation = {
    id: 'k',
    title: '',
    employee: 'viz',
    owner: { id: 'p', name: 'Ann' },
    created_at: '',
    changed_at: '',
    turns: [turn('a'), turn('b', { retry_of: 'a' })],
  }
  const after = withTurn(conversation, turn('c', { retry_of: 'a' }))
  expect(after.turns?.map(t => [t.id, t.replaced])).toEqual([
    ['a', true],
    ['b', true],
    ['c', undefined],
  ])
  expect(after.title).toBe('How many?')
})
