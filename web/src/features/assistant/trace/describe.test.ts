import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import de from '../i18n/de'
import en from '../i18n/en'
import { filterText, type Names } from './describe'

const names = (of: string): Names => ({
  field: name => `${of}.${name}`,
  value: value => String(value),
  collection: name => name,
  of: names,
})

const speak = (texts: { filter: Record<string, string> }) =>
  ((key: string, values: Record<string, string>) =>
    (texts.filter[key.replace('filter.', '')] ?? key).replace(
      /{{(\w+)}}/g,
      (_, name: string) => values?.[name] ?? '',
    )) as unknown as TFunction<'assistant'>

const told = (filter: unknown, texts = en) => filterText(filter, names('quotes'), speak(texts))

test('conditions on related records are told in words, with the other fields names', () => {
  expect(told({ status: 'accepted', $hasNo: { collection: 'orders' } })).toBe(
    'quotes.status is accepted and there are no orders',
  )
  expect(told({ $has: { collection: 'orders', via: 'quote_id', filter: { status: 'open' } } })).toBe(
    'there are orders (orders.status is open)',
  )
  expect(told({ $hasNo: { collection: 'orders', filter: { status: 'open' } } }, de)).toBe(
    'es gibt keine orders (orders.status ist open)',
  )
})
