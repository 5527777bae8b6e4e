import type { Service, ServiceChange } from './queries'

/** What can be changed of a service, as its form holds it. */
export type Values = {
  provider: 'openai' | 'anthropic'
  base_url: string
  /** null: as it is; '': none from now on. */
  key: string | null
  key_header: string
  insecure: boolean
  model: string
  models: ModelValues[]
  currency: string
  egress: Egress
  default: boolean
  timeout_seconds: number | ''
  idle_seconds: number | ''
  retries: number | ''
  max_tokens: number | ''
}

export type ModelValues = { name: string; input_price: string; output_price: string }
export type Egress = NonNullable<ServiceChange['egress']>

/** The names of the form, which are those of the API. */
export const names = [
  'provider',
  'base_url',
  'key',
  'key_header',
  'insecure',
  'model',
  'models',
  'currency',
  'egress',
  'default',
  'timeout_seconds',
  'idle_seconds',
  'retries',
  'max_tokens',
] as const satisfies readonly (keyof Values)[]

export type Name = (typeof names)[number]

export const valuesOf = (service: Service): Values => ({
  provider: service.provider === 'anthropic' ? 'anthropic' : 'openai',
  base_url: service.base_url ?? '',
  key: null,
  key_header: service.key_header ?? '',
  insecure: service.insecure ?? false,
  model: service.model ?? '',
  models: service.models.map(m => ({
    name: m.name,
    input_price: m.input_price ?? '',
    output_price: m.output_price ?? '',
  })),
  currency: service.currency ?? '',
  egress: service.egress as Egress,
  default: service.default,
  timeout_seconds: service.timeout_seconds || '',
  idle_seconds: service.idle_seconds || '',
  retries: service.retries || '',
  max_tokens: service.max_tokens || '',
})

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** The names of what differs. */
export const changed = (before: Values, after: Values): Name[] =>
  names.filter(name => !same(tidy(before)[name], tidy(after)[name]))

/** Without spaces that were typed at the ends, and without lines that say nothing. */
function tidy(values: Values): Values {
  const models = values.models
    .map(m => ({
      name: m.name.trim(),
      input_price: m.input_price.trim().replace(',', '.'),
      output_price: m.output_price.trim().replace(',', '.'),
    }))
    .filter(m => m.name || m.input_price || m.output_price)
  return { ...values, base_url: values.base_url.trim(), model: values.model.trim(), models }
}

/** What to send, so that only what differs changes. */
export function changeOf(before: Values, after: Values, version: string | undefined): ServiceChange {
  const tidied = tidy(after)
  const change: Record<string, unknown> = {}
  for (const name of changed(before, after)) {
    const value = tidied[name]
    if (name === 'models') change[name] = tidied.models.map(priced)
    else change[name] = value === '' && numbers.has(name) ? 0 : value
  }
  return version ? { ...change, version } : change
}

const numbers: ReadonlySet<Name> = new Set(['timeout_seconds', 'idle_seconds', 'retries', 'max_tokens'])

/** A price that is not known is left out. */
const priced = ({ name, input_price, output_price }: ModelValues) => ({
  name,
  ...(input_price && { input_price }),
  ...(output_price && { output_price }),
})

/** One's own changes on top of what somebody else has saved meanwhile. */
export function onTop(base: Values, mine: Values, theirs: Values): Values {
  const own = Object.fromEntries(changed(base, mine).map(name => [name, mine[name]]))
  return { ...theirs, ...own }
}

/** Whether a key that is kept would go to another address, for which the server wants it again. */
export const movesKey = (hasKey: boolean, before: Values, after: Values): boolean =>
  hasKey && after.key === null && changed(before, after).some(name => name === 'base_url' || name === 'provider')

/** `models[2].input_price` is `models.2.input_price` for the form. */
export const formPath = (field: string): string => field.replace(/\[(\d+)\]/g, '.$1')

/** Whether an address would be asked over plain HTTP, on another machine than this. */
export function isPlain(address: string): boolean {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null
  return url?.protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
}
