import { expect, test } from 'vitest'
import type { ChartData } from './data'
import { cut, every, layersOf, scaleOf } from './geometry'

const column = { name: 'n', type: 'integer' } as ChartData['series'][number]['column']
const data: ChartData = {
  series: [
    { key: 's0', title: 'Won', column },
    { key: 's1', title: 'Lost', column },
  ],
  points: [
    { x: 'Q1', s0: 3, s1: 4 },
    { x: 'Q2', s0: null, s1: -2 },
  ],
  table: { columns: [], rows: [] } as unknown as ChartData['table'],
  left: 0,
}

test('beside each other the series begin at nought, and what is unknown is a gap', () => {
  expect(layersOf(data, false)).toEqual([
    [[0, 3], null],
    [
      [0, 4],
      [0, -2],
    ],
  ])
})

test('stacked, each begins where the one below ends, and losses hang below nought', () => {
  expect(layersOf(data, true)).toEqual([
    [
      [0, 3],
      [0, 0],
    ],
    [
      [3, 7],
      [0, -2],
    ],
  ])
})

test('the axis has nought on it, round ends, and as much room as it is given', () => {
  const scale = scaleOf(layersOf(data, true), 200, 0)
  expect(scale.ticks).toEqual([-2, 0, 2, 4, 6, 8])
  expect(scale.at(8)).toBe(0)
  expect(scale.at(-2)).toBe(200)
  const empty = scaleOf([[null]], 0, 100)
  expect(empty.at(0)).toBe(0)
  expect(empty.ticks.length).toBeGreaterThan(1)
})

test('names that would touch are left out, and long ones cut', () => {
  expect(every(['Jan', 'Feb'], 60)).toBe(1)
  expect(every(['January 2026', 'February 2026'], 30)).toBe(4)
  expect(cut('Short', 120)).toBe('Short')
  expect(cut('A name that is far too long', 70)).toBe('A name th…')
})
