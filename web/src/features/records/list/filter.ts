import type { Field, Value } from '@/api/types'
import type { ApiFilter } from './search'

/** A condition as the filter builder edits it. */
export type Rule = { field: string; op: string; value: RuleValue }
export type RuleValue = Value | Value[]
/** Conditions of which all, or any, must hold. */
export type RuleGroup = { join: 'and' | 'or'; rules: Rule[] }
/** All conditions: rules, and groups of them one level deep. */
export type FilterModel = { join: 'and' | 'or'; items: (Rule | RuleGroup)[] }

export const isGroup = (item: Rule | RuleGroup): item is RuleGroup => 'join' in item
export const noFilter: FilterModel = { join: 'and', items: [] }

/** Operators that take no value. */
export const unary = (op: string) => op === '$empty' || op === '$notEmpty'
/** Operators that take several values. */
export const several = (op: string) => op === '$in' || op === '$notIn'

const comparisons = ['$eq', '$gt', '$gte', '$lt', '$lte', '$between', '$empty', '$notEmpty']

/** The operators that make sense for a field, the likeliest first. */
export function operatorsOf(field: Pick<Field, 'type'>): string[] {
  switch (field.type) {
    case 'enum':
      return ['$in', '$notIn', '$empty', '$notEmpty']
    case 'integer':
    case 'decimal':
    case 'money':
      return ['$gte', ...comparisons.filter(op => op !== '$gte')]
    case 'date':
      return ['$gte', '$lte', '$eq', '$between', '$empty', '$notEmpty']
    case 'timestamp':
      return ['$gte', '$lt', '$between', '$empty', '$notEmpty']
    case 'boolean':
      return ['$eq', '$empty', '$notEmpty']
    case 'relation':
      return ['$eq', '$ne', '$empty', '$notEmpty']
    default:
      return ['$contains', '$startsWith', '$eq', '$ne', '$empty', '$notEmpty']
  }
}

const blank = (value: unknown) => value === null || value === undefined || value === ''

/** Whether the rule says enough to be asked. */
export function complete(rule: Rule): boolean {
  if (unary(rule.op)) return true
  if (rule.op === '$between') return Array.isArray(rule.value) && rule.value.length === 2 && !rule.value.some(blank)
  if (several(rule.op)) return Array.isArray(rule.value) && rule.value.length > 0
  return !Array.isArray(rule.value) && !blank(rule.value)
}

const ruleToApi = (rule: Rule): ApiFilter => ({ [rule.field]: { [rule.op]: unary(rule.op) ? true : rule.value } })

function joined(join: 'and' | 'or', parts: ApiFilter[]): ApiFilter | undefined {
  if (parts.length === 0) return undefined
  return parts.length === 1 ? parts[0] : { [`$${join}`]: parts }
}

/** The filter as the API takes it; undefined for none. Half-filled rules are left out. */
export function toApi(model: FilterModel): ApiFilter | undefined {
  const parts = model.items.map(item =>
    isGroup(item)
      ? joined(item.join, item.rules.filter(complete).map(ruleToApi))
      : complete(item)
        ? ruleToApi(item)
        : undefined,
  )
  return joined(
    model.join,
    parts.filter(part => part !== undefined),
  )
}

/** The API's filter as the builder edits it; null where it says what the builder cannot show. */
export function fromApi(filter: ApiFilter | undefined): FilterModel | null {
  if (!filter || Object.keys(filter).length === 0) return noFilter
  const top = branch(filter)
  if (!top) return null
  const items: (Rule | RuleGroup)[] = []
  for (const part of top.parts) {
    const rules = rulesOf(part)
    if (rules) items.push(...(rules.length === 1 || top.join === 'and' ? rules : [{ join: 'and' as const, rules }]))
    else {
      const group = groupOf(part)
      if (!group) return null
      items.push(group)
    }
  }
  return { join: top.join, items }
}

function branch(filter: ApiFilter): { join: 'and' | 'or'; parts: ApiFilter[] } | null {
  const keys = Object.keys(filter)
  const [key] = keys
  if (keys.length === 1 && (key === '$and' || key === '$or')) {
    const parts = filter[key]
    return Array.isArray(parts) ? { join: key === '$or' ? 'or' : 'and', parts: parts as ApiFilter[] } : null
  }
  return { join: 'and', parts: [filter] }
}

function groupOf(part: ApiFilter): RuleGroup | null {
  const inner = branch(part)
  if (!inner) return null
  const rules = inner.parts.map(rulesOf)
  if (rules.some(found => found === null)) return null
  return { join: inner.join, rules: rules.flatMap(found => found ?? []) }
}

/** The rules of an object without $and and $or: `{stage:"won",amount:{$gte:1}}`. */
function rulesOf(part: ApiFilter): Rule[] | null {
  if (typeof part !== 'object' || part === null) return null
  const rules: Rule[] = []
  for (const [field, condition] of Object.entries(part)) {
    if (field.startsWith('$')) return null
    if (typeof condition !== 'object' || condition === null) {
      rules.push({ field, op: '$eq', value: condition as Value })
      continue
    }
    for (const [op, value] of Object.entries(condition)) {
      if (op === '$not' || (unary(op) && value !== true)) return null
      rules.push({ field, op, value: unary(op) ? null : (value as RuleValue) })
    }
  }
  return rules
}

/** Both must hold. */
export function both(a: ApiFilter | undefined, b: ApiFilter | undefined): ApiFilter | undefined {
  const parts = [a, b].filter(part => part && Object.keys(part).length > 0) as ApiFilter[]
  return joined('and', parts)
}

/** What the quick filter looks for: the text in the record's title and its other short texts. */
export function quickFilter(fields: Field[], titleField: string, q: string): ApiFilter | undefined {
  const text = q.trim()
  if (!text) return undefined
  const searched = fields
    .filter(
      field => field.name === titleField || (field.type === 'text' && /^(name|email|company|number)$/.test(field.name)),
    )
    .map(field => ({ [field.name]: { $contains: text } }))
  return joined('or', searched)
}
