import type { Term } from './types'

/** How a field is compared. `team` and `dept` are the functions of scopes over people and departments. */
export const operators = ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'startsWith', 'team', 'dept'] as const
export type Operator = (typeof operators)[number]

/** A simple condition. The other side is a value as typed, an attribute of the user, or nothing at all. */
export type Condition = { field: string; operator: Operator; kind: 'value' | 'user' | 'null'; value: string }
export type Form = { join: '&&' | '||'; conditions: Condition[] }

/** Which operators make sense for a type of field. */
export function operatorsFor(term: Term | undefined): Operator[] {
  switch (term?.type) {
    case 'integer':
    case 'decimal':
    case 'money':
    case 'date':
    case 'timestamp':
      return ['==', '!=', '<', '<=', '>', '>=']
    case 'text':
      return ['==', '!=', 'in', 'contains', 'startsWith']
    case 'enum':
      return ['==', '!=', 'in']
    case 'boolean':
      return ['==', '!=']
    case 'relation':
      if (term.target === 'people') return ['==', '!=', 'team']
      return term.target === 'departments' ? ['==', '!=', 'dept'] : ['==', '!=']
    default:
      return ['==', '!=']
  }
}

const quoted = (text: string) => JSON.stringify(text)

function literal(term: Term | undefined, value: string): string {
  switch (term?.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return value.trim() || '0'
    case 'boolean':
      return value === 'true' ? 'true' : 'false'
    case 'date':
      return `date(${quoted(value)})`
    case 'timestamp':
      return `timestamp(${quoted(value)})`
    default:
      return quoted(value)
  }
}

const named = (terms: Term[], name: string) => terms.find(term => term.name === name)

function written(condition: Condition, terms: Term[]): string {
  const { field, operator, kind, value } = condition
  const term = named(terms, field)
  switch (operator) {
    case 'team':
      return `reportsTo(${field}, user)`
    case 'dept':
      return `inDepartment(${field}, user)`
    case 'in': {
      const parts = value.split(',').map(part => literal(term, part.trim()))
      return `${field} in [${parts.join(', ')}]`
    }
    case 'contains':
    case 'startsWith':
      return `${field}.${operator}(${quoted(value)})`
    default:
      return `${field} ${operator} ${kind === 'null' ? 'null' : kind === 'user' ? value : literal(term, value)}`
  }
}

/** The form as an expression. */
export function toExpression(form: Form, terms: Term[]): string {
  return form.conditions.map(condition => written(condition, terms)).join(` ${form.join} `)
}

const name = String.raw`record(?:\.[a-z][a-z0-9_]*)+`
const text = String.raw`"(?:[^"\\]|\\.)*"`
const call = new RegExp(`^(reportsTo|inDepartment)\\((${name}), user\\)$`)
const method = new RegExp(`^(${name})\\.(contains|startsWith)\\((${text})\\)$`)
const within = new RegExp(`^(${name}) in \\[((?:${text})(?:\\s*,\\s*(?:${text}))*)\\]$`)
const compare = new RegExp(`^(${name}) (==|!=|<=|>=|<|>) (.+)$`)
const wrapped = new RegExp(`^(?:date|timestamp)\\((${text})\\)$`)

const unquoted = (source: string) => JSON.parse(source) as string

function otherSide(source: string): Pick<Condition, 'kind' | 'value'> | undefined {
  if (source === 'null') return { kind: 'null', value: '' }
  if (/^user(\.[a-z][a-z0-9_]*)+$/.test(source)) return { kind: 'user', value: source }
  if (/^(true|false|-?\d+(\.\d+)?)$/.test(source)) return { kind: 'value', value: source }
  const inner = wrapped.exec(source)?.[1] ?? source
  return new RegExp(`^${text}$`).test(inner) ? { kind: 'value', value: unquoted(inner) } : undefined
}

function read(source: string): Condition | undefined {
  const value = 'value' as const
  const [, fn, of] = call.exec(source) ?? []
  if (fn && of) return { field: of, operator: fn === 'reportsTo' ? 'team' : 'dept', kind: value, value: '' }
  const [, on, op, argument] = method.exec(source) ?? []
  if (on && argument) return { field: on, operator: op as Operator, kind: value, value: unquoted(argument) }
  const [, one, list] = within.exec(source) ?? []
  if (one && list) {
    const parts = [...list.matchAll(new RegExp(text, 'g'))].map(([part]) => unquoted(part))
    return parts.some(part => part.includes(','))
      ? undefined
      : { field: one, operator: 'in', kind: value, value: parts.join(', ') }
  }
  const [, left, sign, right] = compare.exec(source) ?? []
  const side = right && otherSide(right)
  return left && side ? { field: left, operator: sign as Operator, ...side } : undefined
}

/** Splits outside of quotes; undefined if both joins occur or anything is in parentheses that is no call. */
function split(source: string): { join: Form['join']; parts: string[] } | undefined {
  const tokens = source.split(new RegExp(`(${text})`))
  const bare = tokens.map((token, n) => (n % 2 ? '""' : token)).join('')
  const join = bare.includes('||') ? '||' : '&&'
  if (join === '||' && bare.includes('&&')) return undefined
  const parts: string[] = ['']
  for (const [n, token] of tokens.entries()) {
    const pieces = n % 2 ? [token] : token.split(join)
    parts[parts.length - 1] += pieces[0] ?? ''
    parts.push(...pieces.slice(1))
  }
  return { join, parts: parts.map(part => part.trim().replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ' ')) }
}

/** The expression as a form, or undefined if it says more than a form can show. */
export function toForm(expression: string): Form | undefined {
  if (!expression.trim()) return { join: '&&', conditions: [] }
  const found = split(expression)
  const conditions = found?.parts.map(read)
  if (!found || !conditions || conditions.some(condition => condition === undefined)) return undefined
  return { join: found.join, conditions: conditions as Condition[] }
}
