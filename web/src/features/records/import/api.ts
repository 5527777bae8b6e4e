import { EventSourceParserStream } from 'eventsource-parser/stream'
import { ProblemError, problemOf } from '@/api/problem'
import type { components } from '@/api/schema.gen'

export type Preview = components['schemas']['Preview']
export type Report = components['schemas']['Report']
export type LineProblem = { line: number; column?: string; message: string }
export type ImportOptions = {
  map: { column: string; field: string }[]
  key?: string
  dry_run?: boolean
  create_missing?: boolean
}

/** What is wrong with the lines of a file; nothing of it was imported. */
export class FileProblem extends Error {
  constructor(
    message: string,
    readonly lines: LineProblem[],
    readonly more: number,
  ) {
    super(message)
  }
}

const base = (collection: string) => `/api/collections/${encodeURIComponent(collection)}/import`

async function send(url: string, file: Blob, accept: string, signal?: AbortSignal): Promise<Response> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: file,
      headers: { 'Content-Type': 'text/csv', Accept: accept },
      signal,
    })
    if (!answer.ok) throw await problemFrom(answer)
    return answer
  } catch (error) {
    if (error instanceof TypeError) throw new ProblemError({ kind: 'offline', detail: error.message })
    throw error
  }
}

/** A problem that names lines is one of the file. */
async function problemFrom(answer: Response): Promise<Error> {
  const again = answer.clone()
  const problem = await problemOf(answer)
  const told = (await again.json().catch(() => ({}))) as { lines?: LineProblem[]; more_lines?: number }
  return told.lines?.length ? new FileProblem(problem.message, told.lines, told.more_lines ?? 0) : problem
}

/** Looks into the file; nothing is written. */
export async function previewImport(collection: string, file: Blob): Promise<Preview> {
  return (await (await send(`${base(collection)}/preview`, file, 'application/json')).json()) as Preview
}

type Progress = (done: number, total: number) => void

/** Imports the file, all of it or nothing. Aborting takes everything back. */
export async function runImport(
  collection: string,
  file: Blob,
  options: ImportOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<Report> {
  const url = `${base(collection)}?options=${encodeURIComponent(JSON.stringify(options))}`
  const answer = await send(url, file, 'text/event-stream', signal)
  if (!answer.body) throw new ProblemError({ kind: 'offline', detail: 'The answer has no body.' })
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader()
  for (;;) {
    const { done, value } = await events.read()
    if (done) throw new ProblemError({ kind: 'offline', detail: 'The connection ended before the import did.' })
    const data = JSON.parse(value.data) as Record<string, unknown>
    if (value.event === 'progress') progress(Number(data.done), Number(data.total))
    if (value.event === 'report') return data as Report
    if (value.event === 'error') throw failure(data)
  }
}

function failure(data: Record<string, unknown>): Error {
  const problem = data as { detail: string; kind: 'invalid'; lines?: LineProblem[]; more_lines?: number }
  if (problem.lines?.length) return new FileProblem(problem.detail, problem.lines, problem.more_lines ?? 0)
  return new ProblemError(problem)
}
