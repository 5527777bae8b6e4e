import { type Action, actions, every, fieldActions, type Grant, type ModelField } from './types'

/** What a list of fields holds: every field, also those to come, or these. */
export type Fields = typeof every | ReadonlySet<string>

/**
 * The grants on one collection that share their rows and their end: for each
 * action, of which fields. Delete and export know no fields of their own.
 */
export type Group = {
  scope: string
  scopeAfter?: string
  notAfter?: string
  /** Places of its grants in the list that it was made from. */
  indexes: number[]
  cells: Partial<Record<Action, Fields>>
}

const union = (a: Fields | undefined, b: Fields): Fields =>
  a === every || b === every ? every : new Set([...(a ?? []), ...b])

const fieldsOf = (grant: Grant): Fields =>
  grant.fields?.length === 1 && grant.fields[0] === every ? every : new Set(grant.fields)

/** The grants by rows. Grants of the same rows add up, so they may stand together. */
export function grouped(grants: { grant: Grant; index: number }[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { grant, index } of grants) {
    const key = JSON.stringify([grant.scope, grant.scope_after ?? '', grant.not_after ?? ''])
    const group = groups.get(key) ?? {
      scope: grant.scope,
      scopeAfter: grant.scope_after,
      notAfter: grant.not_after,
      indexes: [],
      cells: {},
    }
    group.indexes.push(index)
    for (const action of grant.actions as Action[]) group.cells[action] = union(group.cells[action], fieldsOf(grant))
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** The group as grants: actions of the same fields share one. */
export function ungrouped(group: Group, of: Pick<Grant, 'collection' | 'data_source'>, order: string[]): Grant[] {
  const byFields = new Map<string, Action[]>()
  for (const action of actions) {
    const fields = group.cells[action]
    if (fields === undefined) continue
    const bare = action === 'delete' || action === 'export' ? [...byFields.keys()][0] : undefined
    const key = bare ?? JSON.stringify(listed(fields, order))
    byFields.set(key, [...(byFields.get(key) ?? []), action])
  }
  return [...byFields].map(([fields, granted]) => ({
    ...of,
    actions: granted,
    fields: JSON.parse(fields) as string[],
    scope: group.scope,
    ...(group.scopeAfter && granted.some(a => a === 'create' || a === 'update') && { scope_after: group.scopeAfter }),
    ...(group.notAfter && { not_after: group.notAfter }),
  }))
}

function listed(fields: Fields, order: string[]): string[] {
  if (fields === every) return [every]
  return [...order.filter(name => fields.has(name)), ...[...fields].filter(name => !order.includes(name)).sort()]
}

/** How much of a collection's fields an action has. */
export function share(fields: Fields | undefined, all: ModelField[]): 'none' | 'some' | 'all' {
  if (fields === undefined) return 'none'
  return fields === every || all.every(field => fields.has(field.name)) ? 'all' : 'some'
}

export const hasField = (fields: Fields | undefined, name: string): boolean =>
  fields !== undefined && (fields === every || fields.has(name))

/** The fields with one more or one fewer. Without the last one, the action is gone. */
export function withField(
  fields: Fields | undefined,
  name: string,
  on: boolean,
  all: ModelField[],
): Fields | undefined {
  const names = new Set(fields === every ? all.map(field => field.name) : fields)
  if (on) names.add(name)
  else names.delete(name)
  return names.size ? names : undefined
}

/** The group with an action or without it. What only changes is allowed no more than what is asked for. */
export function withAction(group: Group, action: Action, fields: Fields | undefined): Group {
  const cells = { ...group.cells, [action]: fields }
  if (fields === undefined) delete cells[action]
  return { ...group, cells }
}

/** The actions that have fields, as far as the group has them. */
export const cellsOf = (group: Group) => fieldActions.filter(action => group.cells[action] !== undefined)
