import { useDebouncedValue } from '@mantine/hooks'
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { api, body } from '@/api/client'
import { useMe } from '@/app/useMe'
import { type Difference, differences } from './document'
import type { Doc, Held, Problem } from './types'

/** The policy that holds. */
export const policyQuery = queryOptions({
  queryKey: ['policy', 'held'],
  queryFn: ({ signal }): Promise<Held> => body(api.GET('/api/policy', { signal })),
})

/** What one person has changed and not saved: it stays while she goes from screen to screen. */
type Draft = { person: string; base: Held; document: Doc }

let draft: Draft | null = null
const listeners = new Set<() => void>()

/** The draft goes with the tab, wherever in the app its person is: closing it asks first. */
const askOnClose = (event: BeforeUnloadEvent) => event.preventDefault()

function set(next: Draft | null): void {
  if (next && !draft) window.addEventListener('beforeunload', askOnClose)
  if (!next) window.removeEventListener('beforeunload', askOnClose)
  draft = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export type Policy = {
  /** As it is edited. */
  document: Doc
  /** What the changes were begun on. */
  base: Held
  /** What the server holds now. */
  held: Held
  changes: Difference[]
  /** Changes a copy of the document. */
  edit: (change: (document: Doc) => void) => void
  discard: () => void
  /** Goes on with the document upon another one that the server holds. */
  rebase: (onto: Held, document: Doc) => void
}

/** The policy with what is unsaved of it. */
export function usePolicy(): Policy {
  const { data: held } = useSuspenseQuery(policyQuery)
  const person = useMe().id
  const all = useSyncExternalStore(subscribe, () => draft)
  const own = all?.person === person ? all : null
  const base = own?.base ?? held
  const document = own?.document ?? held.document
  const changes = useMemo(() => (own ? differences(own.base.document, own.document) : []), [own])
  const edit = useCallback(
    (change: (document: Doc) => void) => {
      const current = draft?.person === person ? draft : { person, base: held, document: held.document }
      const next = structuredClone(current.document)
      change(next)
      set(differences(current.base.document, next).length ? { ...current, document: next } : null)
    },
    [held, person],
  )
  const rebase = useCallback(
    (onto: Held, next: Doc) =>
      set(differences(onto.document, next).length ? { person, base: onto, document: next } : null),
    [person],
  )
  return { document, base, held, changes, edit, rebase, discard }
}

const discard = () => set(null)

const none: Problem[] = []

/** What is wrong with the document as it is edited. */
export function useProblems(): Problem[] {
  const { document, changes } = usePolicy()
  const [settled] = useDebouncedValue(document, 300)
  const { data } = useQuery({
    queryKey: ['policy', 'check', settled],
    queryFn: ({ signal }) => body(api.POST('/api/policy/check', { body: { document: settled }, signal })),
    enabled: changes.length > 0,
    gcTime: 0,
  })
  return changes.length > 0 && data ? data.problems : none
}

/** What is wrong at a place of the document or below it, in words; undefined if nothing is. */
export function problemAt(problems: Problem[], path: string): string | undefined {
  const found = problems.filter(p => p.path === path || p.path.startsWith(`${path}.`) || p.path.startsWith(`${path}[`))
  return found.length ? found.map(worded).join(' · ') : undefined
}

/** A problem in words, with its place in an expression and what may have been meant. */
export function worded(problem: Problem): string {
  const place = problem.line ? `${problem.line}:${problem.column ?? 1} ` : ''
  return `${place}${problem.message}${problem.hint ? ` (${problem.hint})` : ''}`
}
