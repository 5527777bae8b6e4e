import type { Doc } from './types'

/** The parts of a policy, in the order in which they are told. */
export const nouns = ['roles', 'employees', 'tasks', 'scopes', 'tools'] as const
export type Noun = (typeof nouns)[number]
type Entity = Record<string, unknown>

/** What differs between two documents: a whole entity, or one property of it. */
export type Difference = { noun: Noun; key: string; kind: 'added' | 'removed' | 'changed'; property?: string }

/** What an entity is known by. Scopes of different collections may share a name. */
export function keyOf(noun: Noun, entity: Entity): string {
  const name = String(entity.name)
  if (noun !== 'scopes') return name
  return [entity.data_source || 'main', entity.collection, name].join('/')
}

const list = (doc: Doc, noun: Noun) => (doc[noun] ?? []) as Entity[]
const byKey = (doc: Doc, noun: Noun) => new Map(list(doc, noun).map(entity => [keyOf(noun, entity), entity]))

/** A value as the server would keep it: what says nothing is left out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(plain) : undefined
  if (value && typeof value === 'object') {
    const kept = Object.entries(value)
      .map(([name, inner]) => [name, plain(inner)] as const)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return kept.length ? Object.fromEntries(kept) : undefined
  }
  return value === '' || value === false || value === 0 || value === null ? undefined : value
}

const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b))

/** What has to be changed to come from one document to the other. */
export function differences(before: Doc, after: Doc): Difference[] {
  return nouns.flatMap(noun => {
    const old = byKey(before, noun)
    const updated = byKey(after, noun)
    const removed = [...old.keys()].filter(key => !updated.has(key))
    return [
      ...removed.map((key): Difference => ({ noun, key, kind: 'removed' })),
      ...[...updated].flatMap(([key, entity]) => ofEntity(noun, key, old.get(key), entity)),
    ]
  })
}

function ofEntity(noun: Noun, key: string, before: Entity | undefined, after: Entity): Difference[] {
  if (!before) return [{ noun, key, kind: 'added' }]
  const properties = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...properties]
    .filter(property => !same(before[property], after[property]))
    .map(property => ({ noun, key, kind: 'changed', property }))
}

/** Whether both differences are about the same thing. */
export const overlap = (a: Difference, b: Difference): boolean =>
  a.noun === b.noun && a.key === b.key && (a.property === b.property || a.kind !== 'changed' || b.kind !== 'changed')

/** Makes one's own changes again on a document that somebody else has changed; where both did, one's own hold. */
export function rebased(base: Doc, mine: Doc, theirs: Doc): Doc {
  const result = structuredClone(theirs)
  for (const difference of differences(base, mine)) {
    const { noun, key } = difference
    const entities = list(result, noun)
    const at = entities.findIndex(entity => keyOf(noun, entity) === key)
    const own = byKey(mine, noun).get(key)
    const copy = own && structuredClone(own)
    if (difference.kind === 'removed') put(result, noun, entities.toSpliced(at, at < 0 ? 0 : 1))
    else if (!copy) continue
    else if (at < 0) put(result, noun, [...entities, copy])
    else if (difference.property) entities[at] = { ...entities[at], [difference.property]: copy[difference.property] }
    else entities[at] = { ...entities[at], ...copy }
  }
  return result
}

function put(doc: Doc, noun: Noun, entities: Entity[]): void {
  Object.assign(doc, { [noun]: entities })
}

/** Takes a role away, and every mention of it. */
export function removeRole(doc: Doc, name: string): void {
  doc.roles = doc.roles?.filter(role => role.name !== name)
  for (const task of doc.tasks ?? []) task.roles = without(task.roles, name)
  for (const tool of doc.tools ?? []) tool.roles = without(tool.roles, name)
}

/** Takes an AI employee away with its tasks, and every mention of it. */
export function removeEmployee(doc: Doc, name: string): void {
  doc.employees = doc.employees?.filter(employee => employee.name !== name)
  doc.tasks = doc.tasks?.filter(task => task.employee !== name)
  for (const role of doc.roles ?? []) role.employees = without(role.employees, name)
}

/** A list without an entry; one that was not there stays so. */
export const without = (names: string[] | undefined, name: string) => names?.filter(other => other !== name)

/** A list with an entry, or without it. */
export function toggled(names: string[] | undefined, name: string, on: boolean): string[] {
  const rest = (names ?? []).filter(other => other !== name)
  return on ? [...rest, name] : rest
}

/** A name for programs from one for people: "Key account" is key-account. */
export function nameFrom(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
