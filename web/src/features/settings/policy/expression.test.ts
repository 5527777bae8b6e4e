import { expect, test } from 'vitest'
import { toExpression, toForm } from './expression'
import type { Term } from './types'

const terms: Term[] = [
  { name: 'record.owner_id', type: 'relation', target: 'people' },
  { name: 'record.department_id', type: 'relation', target: 'departments' },
  { name: 'record.stage', type: 'enum' },
  { name: 'record.name', type: 'text' },
  { name: 'record.amount', type: 'money' },
  { name: 'record.close_date', type: 'date' },
  { name: 'record.active', type: 'boolean' },
]

test.each([
  'record.owner_id == user.id',
  'reportsTo(record.owner_id, user) || record.owner_id == user.id',
  'inDepartment(record.department_id, user) && record.amount >= 100.5',
  'record.stage in ["won", "lost"]',
  'record.name.contains("a && \\"b\\" || c") && record.active == true',
  'record.close_date < date("2026-01-31") && record.name != null',
])('a form says it as well: %s', expression => {
  const form = toForm(expression)
  expect(form && toExpression(form, terms)).toBe(expression)
})

test.each([
  '!record.active',
  'record.name == "a" && (record.name == "b" || record.name == "c")',
  'record.a == "1" && record.b == "2" || record.c == "3"',
  'user.roles.exists(r, r == "finance")',
  'record.name == record.other',
  'record.stage in ["a,b"]',
])('a form cannot say it: %s', expression => {
  expect(toForm(expression)).toBeUndefined()
})
