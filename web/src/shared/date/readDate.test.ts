import { expect, test } from 'vitest'
import { isComplete, readDate, today } from './readDate'

test.each([
  ['2026-01-31', '2026-01-31'],
  [' 2026-1-3 ', '2026-01-03'],
  ['31.1.2026', '2026-01-31'],
  ['', null],
  ['2026-02-30', undefined],
  ['2026-13-01', undefined],
  ['0026-01-01', undefined],
  ['tomorrow', undefined],
  ['2026-01-31 10:00', undefined],
])('a day: %s', (typed, day) => {
  expect(readDate(typed)).toBe(day)
})

test.each([
  ['2026-01-31 9:05', '2026-01-31 09:05:00'],
  ['2026-01-31T21:05:59', '2026-01-31 21:05:00'],
  ['31.1.2026', '2026-01-31 00:00:00'],
  ['2026-01-31 24:00', undefined],
  ['2026-01-31 9', undefined],
])('a day with a time: %s', (typed, moment) => {
  expect(readDate(typed, true)).toBe(moment)
})

test('a day that is being typed is none yet', () => {
  expect(isComplete('2026-01-3')).toBe(false)
  expect(isComplete('2026-01-31')).toBe(true)
  expect(isComplete('31.1.202')).toBe(false)
  expect(isComplete('31.1.2026 10:00')).toBe(true)
})

test('today is the day on the clock, not that of Greenwich', () => {
  expect(today(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
})
