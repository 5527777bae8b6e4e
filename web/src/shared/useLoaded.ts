import { useCallback, useState } from 'react'

/**
 * What is loaded only when it is wanted, and is shown at once when it is there: for
 * dialogs and lists that the focus goes into. Null until then; a failure is the page's.
 */
export function useLoaded<T>(load: () => Promise<T>): [loaded: T | null, want: () => Promise<void>] {
  const [loaded, setLoaded] = useState<{ it: T } | null>(null)
  const [failed, setFailed] = useState<{ error: unknown } | null>(null)
  if (failed) throw failed.error
  const want = useCallback(
    () =>
      load().then(
        it => setLoaded({ it }),
        error => setFailed({ error }),
      ),
    [load],
  )
  return [loaded?.it ?? null, want]
}
