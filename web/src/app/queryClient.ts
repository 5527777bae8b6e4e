import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isProblem } from '@/api/problem'

type Listener = () => void
const listeners = new Set<Listener>()

/** Calls back when the server says that nobody is signed in any more. */
export function onSessionLost(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tells the app that the session is gone; for calls that do not go through a query. */
export function sessionLost(error: unknown): void {
  if (isProblem(error, 'unauthenticated')) for (const listener of listeners) listener()
}

/** Only what may pass by itself is tried again; a refusal is an answer. */
const passing = (error: unknown) => isProblem(error, 'offline') || isProblem(error, 'unavailable')

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: sessionLost }),
  mutationCache: new MutationCache({ onError: sessionLost }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < 2 && passing(error),
      refetchOnWindowFocus: true,
      networkMode: 'always', // the server may be this machine
    },
    mutations: { networkMode: 'always' },
  },
})
