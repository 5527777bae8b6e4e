import { expect, test } from 'vitest'
import { branchOf, type Department, lifted, lowered, shownOf, treeOf } from './tree'

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

test('what is below a closed department is not shown', () => {
  const lines = (closed: string[]) => shownOf(treeOf(all), new Set(closed)).map(l => `${l.level} ${l.department.id}`)
  expect(lines([])).toEqual(['1 a', '1 b', '2 b1', '3 b11', '1 c'])
  expect(lines(['b'])).toEqual(['1 a', '1 b', '1 c'])
  expect(shownOf(treeOf(all), new Set(['b']))[1]).toMatchObject({ position: 2, siblings: 3, open: false })
})

test('a department moves below the one before it, or a level up', () => {
  const shown = shownOf(treeOf(all), new Set())
  const at = (id: string) => {
    const line = shown.find(l => l.department.id === id)
    if (!line) throw new Error(id)
    return line
  }
  expect([lowered(shown, at('a')), lowered(shown, at('b')), lowered(shown, at('c'))]).toEqual([undefined, 'a', 'b'])
  expect([lifted(shown, at('b')), lifted(shown, at('b1')), lifted(shown, at('b11'))]).toEqual([undefined, '', 'b'])
  expect(lifted(shown, at('c')), 'its parent is gone').toBeUndefined()
  expect(lowered(shown, at('b1'))).toBeUndefined()
})
