import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import { queryClient } from '@/app/queryClient'
import type { Conversation, Turn } from './types'

/** A conversation with its turns. */
export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ['conversations', 'one', id],
    queryFn: ({ signal }): Promise<Conversation> =>
      body(api.GET('/api/conversations/{id}', { params: { path: { id } }, signal })),
    staleTime: 5_000,
  })
}

/** One's own conversations and those shared with one, the newest first. */
export const conversationsQuery = infiniteQueryOptions({
  queryKey: ['conversations', 'list'],
  queryFn: ({ pageParam, signal }) =>
    body(api.GET('/api/conversations', { params: { query: { limit: 30, cursor: pageParam } as never }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: last => last.next_cursor,
})

const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('remit-conversations') : undefined

/** Other tabs of this browser read a conversation anew when one of them has changed it. */
channel?.addEventListener('message', ({ data }) => stale(String(data)))

function stale(id: string): void {
  void queryClient.invalidateQueries({ queryKey: ['conversations', 'one', id] })
  void queryClient.invalidateQueries({ queryKey: ['conversations', 'list'] })
}

/** Says that a conversation has changed, here and in other tabs. */
export function changed(id: string): void {
  stale(id)
  channel?.postMessage(id)
}

/** The same where this tab knows already what it looks like now. */
export function told(id: string): void {
  void queryClient.invalidateQueries({ queryKey: ['conversations', 'list'] })
  channel?.postMessage(id)
}

/** Puts a turn that has ended into what was read of its conversation. */
export function keepTurn(id: string, turn: Turn): void {
  queryClient.setQueryData<Conversation>(conversationQuery(id).queryKey, before => before && withTurn(before, turn))
}

export function withTurn(conversation: Conversation, turn: Turn): Conversation {
  const turns = (conversation.turns ?? []).map(other =>
    turn.retry_of && (other.id === turn.retry_of || other.retry_of === turn.retry_of) && other.id !== turn.id
      ? { ...other, replaced: true }
      : other,
  )
  const at = turns.findIndex(other => other.id === turn.id)
  return {
    ...conversation,
    title: conversation.title || turn.question.slice(0, 80),
    turns: at < 0 ? [...turns, turn] : turns.with(at, turn),
  }
}
