import { expect, test } from 'vitest'
import { differences, nameFrom, overlap, rebased, removeEmployee } from './document'
import type { Doc } from './types'

const base = (): Doc => ({
  roles: [
    { name: 'sales', employees: ['viz'], clearance: 'internal' },
    { name: 'finance', employees: ['viz'] },
  ],
  employees: [{ name: 'viz', title: 'Viz', remit: {} }],
  tasks: [{ name: 'review', employee: 'viz', title: 'Review' }],
  scopes: [{ name: 'own', collection: 'leads', expression: 'true' }],
})

test('what says nothing is no difference', () => {
  const other = base()
  for (const role of other.roles ?? []) Object.assign(role, { pages: [], new_employees: false, description: '' })
  for (const employee of other.employees ?? []) employee.remit = { rows_per_day: 0 }
  expect(differences(base(), other)).toEqual([])
})

test('differences are told by entity and property', () => {
  const other = base()
  other.roles = [{ name: 'sales', employees: ['viz', 'penn'] }, { name: 'new' }]
  expect(differences(base(), other)).toEqual([
    { noun: 'roles', key: 'finance', kind: 'removed' },
    { noun: 'roles', key: 'sales', kind: 'changed', property: 'employees' },
    { noun: 'roles', key: 'sales', kind: 'changed', property: 'clearance' },
    { noun: 'roles', key: 'new', kind: 'added' },
  ])
})

test('one keeps what others changed beside what one changed oneself', () => {
  const mine = base()
  mine.roles = [{ name: 'sales', employees: [], clearance: 'internal' }]
  mine.scopes?.push({ name: 'own', collection: 'quotes', expression: 'true' })
  const theirs = base()
  theirs.roles = [...(theirs.roles ?? []), { name: 'audit' }]
  for (const role of theirs.roles) role.clearance = 'public'
  const result = rebased(base(), mine, theirs)
  expect(result.roles).toEqual([
    { name: 'sales', employees: [], clearance: 'public' },
    { name: 'audit', clearance: 'public' },
  ])
  expect(result.scopes).toHaveLength(2)
  const [own] = differences(base(), mine).filter(d => d.key === 'finance')
  expect(own && differences(base(), theirs).some(d => overlap(d, own))).toBe(true)
})

test('an AI employee goes with its tasks and from the roles', () => {
  const doc = base()
  removeEmployee(doc, 'viz')
  expect(doc).toMatchObject({ employees: [], tasks: [], roles: [{ employees: [] }, { employees: [] }] })
})

test('names for programs', () => {
  expect(nameFrom(' Schlüssel-Kunden & Co. ')).toBe('schlussel-kunden-co')
})
