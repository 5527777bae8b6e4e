import { describe, expect, it } from 'vitest'
import type { Service } from '../services/queries'
import { chosenOf, isListed } from './modelChoice'

const service = (name: string, more: Partial<Service> = {}): Service => ({
  name,
  source: 'database',
  provider: 'openai',
  has_key: false,
  egress: 'internal',
  default: false,
  usable: true,
  models: [],
  used_by: [],
  ...more,
})

describe('the service that answers', () => {
  const services = [service('house', { default: true }), service('broken', { usable: false }), service('offline')]

  it('is the one that is named, or the default', () => {
    expect(chosenOf(services, 'offline')?.name).toBe('offline')
    expect(chosenOf(services, '')?.name).toBe('house')
  })

  it('is none where the one that is named is gone or cannot be used', () => {
    expect(chosenOf(services, 'gone')).toBeUndefined()
    expect(chosenOf(services, 'broken')).toBeUndefined()
  })
})

describe('the model that answers', () => {
  const some = service('house', { model: 'usual', models: [{ name: 'big' }] })

  it('is listed, the usual one, or none at all', () => {
    expect(['', 'usual', 'big', 'small'].map(name => isListed(some, name))).toEqual([true, true, true, false])
    expect(isListed(service('any', { models: [{ name: '*' }] }), 'small')).toBe(true)
  })
})
