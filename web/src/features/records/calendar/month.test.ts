import { expect, test } from 'vitest'
import { monthAfter, spanOf, weeksOf } from './month'

test('a month is shown in whole weeks, Monday first', () => {
  const weeks = weeksOf('2026-02')
  expect(weeks).toHaveLength(5)
  expect(weeks[0]?.[0]).toBe('2026-01-26')
  expect(weeks.at(-1)?.at(-1)).toBe('2026-03-01')
  expect(weeksOf('2027-02')).toHaveLength(4)
})

test('months go on over the year', () => {
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
  expect(monthAfter('2026-01', -1)).toBe('2025-12')
})

test('a span has a day to spare at both ends', () => {
  const { from, to } = spanOf(['2026-03-01', '2026-03-31'])
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(32 * 86_400_000)
})
