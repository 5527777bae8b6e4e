import { describe, expect, it } from 'vitest'
import { isDay, rangeOf, shifted, todayIn } from './range'
import { course, merged, total } from './sums'

describe('spans of time', () => {
  it('end today, both days included', () => {
    expect(rangeOf('7days', '2026-03-03', {})).toEqual({ from: '2026-02-25', to: '2026-03-03' })
    expect(rangeOf('30days', '2026-03-03', {})).toEqual({ from: '2026-02-02', to: '2026-03-03' })
    expect(rangeOf('month', '2026-03-03', {})).toEqual({ from: '2026-03-01', to: '2026-03-03' })
    expect(rangeOf('today', '2026-03-03', {})).toEqual({ from: '2026-03-03', to: '2026-03-03' })
    expect(rangeOf('all', '2026-03-03', { from: '2026-01-01' })).toEqual({})
    expect(rangeOf('custom', '2026-03-03', { from: '2026-01-01' })).toEqual({ from: '2026-01-01' })
  })

  it('know the day of the company', () => {
    const late = new Date('2026-03-03T23:30:00Z')
    expect(todayIn('Europe/Vienna', late)).toBe('2026-03-04')
    expect(todayIn('America/New_York', late)).toBe('2026-03-03')
    expect(shifted('2026-12-31', 1)).toBe('2027-01-01')
    expect([isDay('2026-02-28'), isDay('2026-13-01'), isDay('yesterday'), isDay(7)]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

const used = (key: string, tokens: number, cost?: string, currency?: string) => ({
  key,
  runs: 1,
  input_tokens: tokens,
  output_tokens: 1,
  cost,
  currency,
})

describe('sums of usage', () => {
  it('put currencies and what has no price under one key', () => {
    const all = [used('viz', 10, '0.5', 'EUR'), used('scout', 7), used('viz', 20, '0.25', 'USD'), used('viz', 30)]
    const [viz, scout] = merged(all)
    expect(viz).toMatchObject({
      key: 'viz',
      runs: 3,
      input: 60,
      output: 3,
      costs: { EUR: 0.5, USD: 0.25 },
      unpriced: 31,
    })
    expect(scout).toMatchObject({ key: 'scout', costs: {}, unpriced: 8 })
    expect(total(all)).toMatchObject({ runs: 4, input: 67, output: 4, costs: { EUR: 0.5, USD: 0.25 } })
  })

  it('run through every day, or through months where there are many', () => {
    const days = merged([used('2026-03-01', 10, '0.5', 'EUR'), used('2026-03-03', 20)])
    expect(course(days, { from: '2026-02-28', to: '2026-03-03' }, 'EUR')).toEqual([
      { x: '2026-02-28', tokens: 0, cost: 0 },
      { x: '2026-03-01', tokens: 11, cost: 0.5 },
      { x: '2026-03-02', tokens: 0, cost: 0 },
      { x: '2026-03-03', tokens: 21, cost: 0 },
    ])
    expect(course(days, { from: '2025-12-01', to: '2026-03-31' }, 'EUR')).toEqual([
      { x: '2025-12', tokens: 0, cost: 0 },
      { x: '2026-01', tokens: 0, cost: 0 },
      { x: '2026-02', tokens: 0, cost: 0 },
      { x: '2026-03', tokens: 32, cost: 0.5 },
    ])
    expect(course([], {}, undefined)).toEqual([])
  })
})
