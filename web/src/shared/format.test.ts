import { describe, expect, it } from 'vitest'
import { makeFormat } from './format'
import { humanize } from './useModelText'

const english = makeFormat('en', 'America/New_York')
const german = makeFormat('de', 'Europe/Berlin')
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('format', () => {
  it('writes money with its currency, cents only where there are some', () => {
    expect(english.money(170000, 'USD')).toBe('$170,000')
    expect(english.money(19.5, 'USD')).toBe('$19.50')
    expect(plain(german.money(1234.5, 'EUR'))).toBe('1.234,50 €')
    expect(english.money(5, 'USD', true)).toBe('$5.00')
  })

  it('keeps a calendar day the same in every zone', () => {
    expect(english.date('2026-01-31')).toBe('Jan 31, 2026')
    expect(german.date('2026-01-31')).toBe('31.01.2026')
  })

  it("shows instants in the company's zone", () => {
    expect(plain(english.timestamp('2026-01-31T02:30:00Z'))).toBe('Jan 30, 2026, 9:30 PM')
    expect(plain(german.timestamp('2026-01-31T02:30:00Z'))).toBe('31.01.2026, 03:30')
  })

  it('says how far away an instant is', () => {
    const now = Date.parse('2026-03-10T12:00:00Z')
    expect(english.ago('2026-03-09T12:00:00Z', now)).toBe('yesterday')
    expect(english.ago('2026-03-10T15:00:00Z', now)).toBe('in 3 hours')
    expect(german.ago('2026-03-07T12:00:00Z', now)).toBe('vor 3 Tagen')
  })
})

it('makes words of names', () => {
  expect(humanize('in_progress')).toBe('In progress')
})
