import { expect, test } from 'vitest'
import { fromZone, toZone } from './zone'

test('the wall clock of a zone and back, in summer and in winter', () => {
  expect(toZone('2026-07-01T10:00:00Z', 'Europe/Vienna')).toBe('2026-07-01 12:00:00')
  expect(toZone('2026-01-01T10:00:00Z', 'America/New_York')).toBe('2026-01-01 05:00:00')
  for (const zone of ['UTC', 'Europe/Vienna', 'Asia/Kathmandu', 'America/New_York']) {
    for (const instant of ['2026-01-15T23:30:00.000Z', '2026-07-15T00:30:00.000Z']) {
      expect(fromZone(toZone(instant, zone), zone)).toBe(instant)
    }
  }
})
