import { describe, expect, test } from 'vitest'
import { complete, type FilterModel, fromApi, noFilter, toApi } from './filter'

describe('filters', () => {
  test('go to the API and back', () => {
    const model: FilterModel = {
      join: 'and',
      items: [
        { field: 'stage', op: '$in', value: ['won', 'lost'] },
        {
          join: 'or',
          rules: [
            { field: 'amount', op: '$gte', value: 1000 },
            { field: 'close_date', op: '$empty', value: null },
          ],
        },
      ],
    }
    const filter = {
      $and: [
        { stage: { $in: ['won', 'lost'] } },
        { $or: [{ amount: { $gte: 1000 } }, { close_date: { $empty: true } }] },
      ],
    }
    expect(toApi(model)).toEqual(filter)
    expect(fromApi(filter)).toEqual(model)
  })

  test('leave out what is not filled in yet', () => {
    expect(complete({ field: 'amount', op: '$between', value: [1, null] })).toBe(false)
    expect(toApi({ join: 'and', items: [{ field: 'name', op: '$contains', value: '' }] })).toBeUndefined()
  })

  test('say that they cannot show what the builder has no form for', () => {
    expect(fromApi({ $not: { stage: 'won' } })).toBeNull()
    expect(fromApi({ $and: [{ $or: [{ $and: [{ stage: 'won' }] }] }] })).toBeNull()
    expect(fromApi(undefined)).toEqual(noFilter)
  })

  test('read the short forms of the API', () => {
    expect(fromApi({ stage: 'won', amount: { $gt: 1, $lt: 5 } })?.items).toEqual([
      { field: 'stage', op: '$eq', value: 'won' },
      { field: 'amount', op: '$gt', value: 1 },
      { field: 'amount', op: '$lt', value: 5 },
    ])
  })
})
