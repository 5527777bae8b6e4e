import { expect, test } from 'vitest'
import { grouped, share, ungrouped, withAction, withField } from './grants'
import type { Grant, ModelField } from './types'

const fields = ['name', 'amount', 'owner_id'].map(
  (name): ModelField => ({ name, title: name, type: 'text', sensitivity: 'internal' }),
)
const order = fields.map(field => field.name)
const of = { collection: 'deals' }

const group = (...grants: Omit<Grant, 'collection'>[]) =>
  grouped(grants.map((grant, index) => ({ grant: { ...of, ...grant }, index })))

test('grants of the same rows stand together, those of others apart', () => {
  const groups = group(
    { actions: ['view'], fields: ['*'], scope: 'own' },
    { actions: ['view'], fields: ['name'], scope: 'all' },
    { actions: ['create', 'update'], fields: ['amount', 'name'], scope: 'own' },
  )
  expect(groups).toHaveLength(2)
  expect(groups[0]).toMatchObject({ scope: 'own', indexes: [0, 2] })
  expect(groups[0] && ungrouped(groups[0], of, order)).toEqual([
    { ...of, actions: ['view'], fields: ['*'], scope: 'own' },
    { ...of, actions: ['create', 'update'], fields: ['name', 'amount'], scope: 'own' },
  ])
})

test('a field taken from all leaves the others, and no later ones', () => {
  const [g] = group({ actions: ['view', 'export'], fields: ['*'], scope: 'all' })
  expect(g && share(g.cells.view, fields)).toBe('all')
  const left = g && withField(g.cells.view, 'amount', false, fields)
  expect(left).toEqual(new Set(['name', 'owner_id']))
  const grants = g && ungrouped(withAction(g, 'view', left), of, order)
  expect(grants).toEqual([{ ...of, actions: ['view', 'export'], fields: ['name', 'owner_id'], scope: 'all' }])
})

test('without its last field an action is gone', () => {
  expect(withField(new Set(['name']), 'name', false, fields)).toBeUndefined()
})

test('scope_after stays with what changes rows, the end with all', () => {
  const [g] = group({
    actions: ['view', 'update'],
    fields: ['name'],
    scope: 'own',
    scope_after: 'all',
    not_after: '2027-01-01T00:00:00Z',
  })
  const grants = g && ungrouped(withAction(g, 'update', undefined), of, order)
  expect(grants).toEqual([
    { ...of, actions: ['view'], fields: ['name'], scope: 'own', not_after: '2027-01-01T00:00:00Z' },
  ])
})
