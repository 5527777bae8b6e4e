import { expect, test } from 'vitest'
import { areaOf, lineOf, slicesOf } from './paths'

const axes = { place: (n: number) => n * 10, scale: { at: (value: number) => 100 - value, ticks: [] } }

test('a line is broken at gaps', () => {
  expect(lineOf([[0, 1], [0, 2], null, [0, 4]], axes)).toBe('M0,99L10,98M30,96')
  expect(lineOf([null], axes)).toBe('')
})

test('an area goes back along its base', () => {
  expect(
    areaOf(
      [
        [1, 3],
        [2, 5],
      ],
      axes,
    ),
  ).toBe('M0,97L10,95L10,98L0,99Z')
})

test('slices go round from the top, and one alone is the whole circle', () => {
  expect(slicesOf([1, 1], 10)).toEqual([
    'M0,0L0,-10A10,10,0,0,1,10,0A10,10,0,0,1,0,10Z',
    'M0,0L0,10A10,10,0,0,1,-10,0A10,10,0,0,1,0,-10Z',
  ])
  expect(slicesOf([3], 10)).toEqual(['M0,0L0,-10A10,10,0,0,1,0,10A10,10,0,0,1,0,-10Z'])
})
