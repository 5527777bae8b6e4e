import { EventSourceParserStream } from 'eventsource-parser/stream'
import { ProblemError, problemOf } from '@/api/problem'
import type { TurnEvent } from './events'

const known = new Set(['started', 'text', 'tool_call', 'tool_result', 'chart', 'usage', 'end', 'answer'])

export type Call = { method: 'GET' | 'POST'; path: string; body?: unknown; lastEvent?: string; signal: AbortSignal }

/**
 * Reads a stream of server-sent events. EventSource cannot post and hides what went
 * wrong, so this is a fetch. Throws a ProblemError where the server refuses, and
 * returns where the stream ends, for whatever reason.
 */
export async function readEvents(call: Call, take: (event: TurnEvent, id: string) => void): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (call.body !== undefined) headers['Content-Type'] = 'application/json'
  if (call.lastEvent) headers['Last-Event-ID'] = call.lastEvent
  const response = await fetch(call.path, {
    method: call.method,
    headers,
    body: call.body === undefined ? undefined : JSON.stringify(call.body),
    credentials: 'same-origin',
    signal: call.signal,
  }).catch(error => {
    if (call.signal.aborted) throw error
    throw new ProblemError({ kind: 'offline', detail: 'The server cannot be reached.' })
  })
  if (!response.ok || !response.body) throw await problemOf(response)
  const reader = response.body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  for (;;) {
    const { done, value } = await reader.read().catch(error => {
      if (call.signal.aborted) throw error
      return { done: true as const, value: undefined } // the connection broke
    })
    if (done) return
    if (value.event === 'problem' || value.event === 'error') throw problemIn(value.data)
    if (value.event && known.has(value.event)) {
      take({ name: value.event, data: JSON.parse(value.data) } as TurnEvent, value.id ?? '')
    }
  }
}

function problemIn(data: string): ProblemError {
  try {
    return new ProblemError(JSON.parse(data))
  } catch {
    return new ProblemError({ kind: 'internal', detail: data })
  }
}
