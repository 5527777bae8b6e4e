import { useSyncExternalStore } from 'react'
import { isProblem, ProblemError } from '@/api/problem'
import { meQuery } from '@/api/queries'
import { queryClient, sessionLost } from '@/app/queryClient'
import { advance, nothingYet, type Progress } from './events'
import { changed, keepTurn, told } from './queries'
import { readEvents } from './read'
import type { Screen } from './types'

/**
 * The turns that are being answered, by conversation. They live outside of the
 * components: an answer goes on arriving while the person moves between pages, and
 * between the panel and the full page.
 */
export type Run = {
  conversation: string
  question: string
  /** The turn's id, once the server has said it. */
  turn?: string
  /** The turn that this one is a new attempt at. */
  retryOf?: string
  progress: Progress
  /** The connection is lost, and being made again. */
  lost: boolean
  /** Why the question was not taken. */
  refused?: ProblemError
  stopping?: boolean
}

type Entry = Run & { controller: AbortController; lastEvent?: string }

const runs = new Map<string, Entry>()
const listeners = new Set<() => void>()
let waiting = false

const tell = () => {
  waiting = false
  for (const listener of listeners) listener()
}

/** Many small pieces of text make one change on the screen. */
function set(entry: Entry, change: Partial<Entry>): Entry {
  const next = { ...entry, ...change }
  runs.set(entry.conversation, next)
  if (!waiting) setTimeout(tell, 24)
  waiting = true
  return next
}

function drop(conversation: string): void {
  runs.get(conversation)?.controller.abort()
  runs.delete(conversation)
  tell()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The turn of a conversation that is being answered. */
export const useRun = (conversation: string | undefined): Run | undefined =>
  useSyncExternalStore(subscribe, () => (conversation ? runs.get(conversation) : undefined))

const path = (conversation: string) => `/api/conversations/${encodeURIComponent(conversation)}/turns`
const busy = (conversation: string) => {
  const run = runs.get(conversation)
  return run !== undefined && !run.refused
}

/** Asks a question. What comes of it is told by useRun, and at the end by the conversation. */
export function ask(conversation: string, question: string, context?: Screen): void {
  if (busy(conversation)) return
  void begin(conversation, { question }, path(conversation), { question, context })
}

/** Has the last question answered once more. */
export function retry(conversation: string, turn: { id: string; question: string }): void {
  if (busy(conversation)) return
  const at = `${path(conversation)}/${encodeURIComponent(turn.id)}/retry`
  void begin(conversation, { question: turn.question, retryOf: turn.id }, at, {})
}

/** Follows a turn that is under way: after a reload, or asked in another tab. */
export function follow(conversation: string, turn: { id: string; question: string }): void {
  if (busy(conversation)) return
  const entry = put(conversation, { question: turn.question, turn: turn.id })
  void keepReading(entry)
}

/** Takes back a question that was refused. */
export const dismiss = (conversation: string): void => drop(conversation)

/** Marks that the person has asked to stop. */
export function stopping(conversation: string): void {
  const entry = runs.get(conversation)
  if (entry) set(entry, { stopping: true })
}

function put(conversation: string, of: Partial<Entry> & { question: string }): Entry {
  const entry = { conversation, progress: nothingYet, lost: false, controller: new AbortController() }
  const made: Entry = { ...entry, ...of }
  runs.set(conversation, made)
  tell()
  return made
}

async function begin(conversation: string, of: { question: string; retryOf?: string }, at: string, body: unknown) {
  const entry = put(conversation, of)
  try {
    await read(entry, { method: 'POST', path: at, body })
  } catch (error) {
    const now = current(entry)
    if (!now || now.controller.signal.aborted) return
    sessionLost(error)
    // Refused before it began. Otherwise it runs on the server, and is followed.
    if (!now.turn) return refuse(now, error)
  }
  const now = current(entry)
  if (now) await keepReading(now)
}

function refuse(entry: Entry, error: unknown): void {
  const problem =
    error instanceof ProblemError ? error : new ProblemError({ kind: 'internal', detail: (error as Error).message })
  set(entry, { refused: problem })
  if (isProblem(error, 'denied') || isProblem(error, 'not_found')) void queryClient.invalidateQueries(meQuery)
  changed(entry.conversation)
}

/** The entry as it is now, unless another has taken its place. */
function current(entry: Entry): Entry | undefined {
  const now = runs.get(entry.conversation)
  return now?.controller === entry.controller ? now : undefined
}

async function read(entry: Entry, call: { method: 'GET' | 'POST'; path: string; body?: unknown }): Promise<void> {
  await readEvents({ ...call, lastEvent: entry.lastEvent, signal: entry.controller.signal }, (event, id) => {
    const now = current(entry)
    if (!now) return
    const progress = advance(now.progress, event)
    const turn = now.turn ?? progress.started?.run
    if (turn !== now.turn) told(now.conversation)
    set(now, { progress, turn, lastEvent: id || now.lastEvent, lost: false })
  })
}

const isOver = ({ progress }: Entry) => progress.answer !== undefined || progress.end?.reason === 'revoked'
const pauses = [300, 1000, 2000, 4000, 8000]

/** Reads on until the turn has ended, over lost connections and restarted servers. */
async function keepReading(entry: Entry): Promise<void> {
  for (let failures = 0; ; ) {
    let now = current(entry)
    if (!now || now.controller.signal.aborted) return
    if (isOver(now)) return finish(now)
    if (!now.turn) return finish(now)
    const before = now.lastEvent
    try {
      await read(now, { method: 'GET', path: `${path(now.conversation)}/${encodeURIComponent(now.turn)}/events` })
    } catch (error) {
      now = current(entry)
      if (!now || now.controller.signal.aborted) return
      sessionLost(error)
      if (!isProblem(error, 'offline') && !isProblem(error, 'unavailable') && !isProblem(error, 'internal'))
        return finish(now)
    }
    now = current(entry)
    if (!now) return
    if (isOver(now)) return finish(now)
    failures = now.lastEvent === before ? failures + 1 : 0
    set(now, { lost: true })
    await new Promise(resolve => setTimeout(resolve, pauses[Math.min(failures, pauses.length - 1)]))
  }
}

/** Hands the turn over to the conversation. */
function finish(entry: Entry): void {
  const { answer } = entry.progress
  if (answer) {
    keepTurn(entry.conversation, answer)
    drop(entry.conversation)
    told(entry.conversation)
    return
  }
  // Revoked, or gone: what is left of it is what the server shows now.
  void queryClient.invalidateQueries(meQuery)
  void queryClient
    .refetchQueries({ queryKey: ['conversations', 'one', entry.conversation] })
    .finally(() => current(entry) && drop(entry.conversation))
}
