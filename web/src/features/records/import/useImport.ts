import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { sessionLost } from '@/app/queryClient'
import { type ImportOptions, type Report, runImport } from './api'

type State =
  | { kind: 'idle' }
  | { kind: 'running'; dry: boolean; done: number; total: number }
  | { kind: 'report'; report: Report }
  | { kind: 'failed'; error: unknown }
  | { kind: 'cancelled' }

/** A running import: how far it is, its end, and a way to break it off. */
export function useImport(collection: string, file: File) {
  const [state, setState] = useState<State>({ kind: 'idle' })
  const abort = useRef<AbortController | null>(null)
  const queries = useQueryClient()
  // Leaving the page hangs up, and what was read is taken back.
  useEffect(() => () => abort.current?.abort(), [])
  const start = async (options: ImportOptions) => {
    const control = new AbortController()
    abort.current = control
    const dry = options.dry_run === true
    setState({ kind: 'running', dry, done: 0, total: 0 })
    try {
      const progress = (done: number, total: number) => setState({ kind: 'running', dry, done, total })
      const report = await runImport(collection, file, options, progress, control.signal)
      setState({ kind: 'report', report })
      if (!dry) await queries.invalidateQueries({ queryKey: ['records'] })
    } catch (error) {
      sessionLost(error)
      setState(control.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error })
    }
  }
  return {
    state,
    start: (options: ImportOptions) => void start(options),
    cancel: () => abort.current?.abort(),
    running: state.kind === 'running',
    imported: state.kind === 'report' && !state.report.dry_run,
  }
}

export type Import = ReturnType<typeof useImport>
