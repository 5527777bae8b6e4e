import { expect, test } from 'vitest'
import { branchOf, type Department, treeOf } from './tree'

const department = (id: string, parent = ''): Department => ({
  id,
  name: id,
  parent,
  people: 0,
  created: '2026-01-01T00:00:00Z',
})

const all = [department('b'), department('a'), department('b1', 'b'), department('b11', 'b1'), department('c', 'gone')]

test('a tree by name, and what has lost its parent at the top', () => {
  expect(treeOf(all).map(node => node.department.id)).toEqual(['a', 'b', 'c'])
  expect(treeOf(all)[1]?.below[0]?.below[0]?.department.id).toBe('b11')
})

test('a branch is the department and all below it', () => {
  expect([...branchOf(all, 'b')]).toEqual(['b', 'b1', 'b11'])
  expect([...branchOf(all, 'a')]).toEqual(['a'])
})
