import { useEffect, useSyncExternalStore } from 'react'

/**
 * The panel of the AI employees at the right of every page: whether it is open, what it
 * was opened with, and what is on the page beside it. The assistant feature shows it;
 * screens say what they show (usePageContext) and open it (dock.open).
 */

/** What is on the person's screen. It narrows what is meant and never widens what is allowed. */
export type PageContext = {
  /** The page's name in the policy: `home`, `opportunities`, `settings/people`. */
  page: string
  collection?: string
  filter?: Record<string, unknown>
  /** Ids of the selected records, or of the one that is open. */
  records?: string[]
  /** Name of the saved view. */
  view?: string
}

/** What the panel is to begin with. */
export type DockRequest = { employee?: string; task?: string; question?: string; conversation?: string }

type State = { open: boolean; request: DockRequest | null; context: PageContext | null }

const remembered = 'remit-dock' // open in this tab: a reload keeps the panel

let state: State = { open: sessionStorage.getItem(remembered) !== null, request: null, context: null }
const listeners = new Set<() => void>()

function set(change: Partial<State>): void {
  state = { ...state, ...change }
  if (state.open) sessionStorage.setItem(remembered, 'open')
  else sessionStorage.removeItem(remembered)
  for (const listener of listeners) listener()
}

export const dock = {
  open: (request: DockRequest | null = null) => set({ open: true, request }),
  close: () => set({ open: false, request: null }),
  toggle: () => set({ open: !state.open, request: null }),
  /** The panel has taken the request up. */
  taken: () => set({ request: null }),
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useDock = (): State => useSyncExternalStore(subscribe, () => state)

/** Says what the page shows, while it is there. */
export function usePageContext(context: PageContext): void {
  const key = JSON.stringify(context)
  useEffect(() => {
    const own = JSON.parse(key) as PageContext
    set({ context: own })
    return () => {
      if (state.context === own) set({ context: null })
    }
  }, [key])
}
