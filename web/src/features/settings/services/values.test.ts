import { describe, expect, it } from 'vitest'
import type { Service } from './queries'
import { changed, changeOf, formPath, isPlain, movesKey, onTop, valuesOf } from './values'

const service: Service = {
  name: 'house',
  source: 'database',
  provider: 'openai',
  base_url: 'https://llm.example.com/v1',
  model: 'm',
  has_key: true,
  egress: 'internal',
  default: false,
  usable: true,
  models: [{ name: 'm', input_price: '2.5' }],
  used_by: [],
  retries: 2,
  currency: 'EUR',
  version: 'v1',
}
const before = valuesOf(service)

describe('changes of a model service', () => {
  it('are none where nothing differs', () => {
    const spaces = { ...before, base_url: `${before.base_url} `, models: [...before.models, blank] }
    expect(changed(before, spaces)).toEqual([])
    expect(changeOf(before, spaces, 'v1')).toEqual({ version: 'v1' })
  })

  it('send only what differs, with empty numbers as none and unknown prices left out', () => {
    const after = { ...before, retries: '' as const, models: [{ ...blank, name: ' big ', output_price: '1,5' }] }
    expect(changeOf(before, after, 'v1')).toEqual({
      retries: 0,
      models: [{ name: 'big', output_price: '1.5' }],
      version: 'v1',
    })
  })

  it('say nothing of a key that stays, and take one away', () => {
    expect('key' in changeOf(before, { ...before, model: 'n' }, undefined)).toBe(false)
    expect(changeOf(before, { ...before, key: '' }, undefined)).toEqual({ key: '' })
  })

  it('want the key again only where it would go elsewhere', () => {
    const moved = { ...before, base_url: 'https://other.example.com' }
    expect(movesKey(true, before, moved)).toBe(true)
    expect(movesKey(true, before, { ...before, provider: 'anthropic' })).toBe(true)
    expect(movesKey(false, before, moved)).toBe(false)
    expect(movesKey(true, before, { ...moved, key: 'sk' })).toBe(false)
    expect(movesKey(true, before, { ...before, model: 'n' })).toBe(false)
  })

  it('go on top of what somebody else has saved', () => {
    const theirs = { ...before, model: 'theirs', egress: 'public' as const }
    const mine = { ...before, model: 'mine' }
    expect(onTop(before, mine, theirs)).toEqual({ ...before, model: 'mine', egress: 'public' })
  })

  it('know plain HTTP to other machines', () => {
    expect(['http://10.0.0.7/v1', ' HTTP://llm.example.com'].map(isPlain)).toEqual([true, true])
    expect(
      ['http://127.0.0.1:8000/v1', 'http://localhost', 'http://[::1]:1', 'https://a.b', 'http', ''].map(isPlain),
    ).toEqual(Array(6).fill(false))
  })

  it('name fields as the form does', () => {
    expect(formPath('models[12].input_price')).toBe('models.12.input_price')
  })
})

const blank = { name: '', input_price: '', output_price: '' }
