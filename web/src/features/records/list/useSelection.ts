import { useCallback, useMemo, useRef, useState } from 'react'

/** Which records are ticked. Shift reaches from the last one ticked to this one. */
export function useSelection(ids: string[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const anchor = useRef<string | null>(null)
  const latest = useRef(ids)
  latest.current = ids
  const toggle = useCallback((id: string, reach = false) => {
    setTicked(before => {
      const next = new Set(before)
      const on = !before.has(id)
      const from = reach && anchor.current ? latest.current.indexOf(anchor.current) : -1
      const to = latest.current.indexOf(id)
      const range = from >= 0 && to >= 0 ? latest.current.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
      for (const one of range) on ? next.add(one) : next.delete(one)
      return next
    })
    anchor.current = id
  }, [])
  const clear = useCallback(() => setTicked(new Set()), [])
  const all = useCallback(() => setTicked(new Set(latest.current)), [])
  // What is no longer shown is no longer selected: nobody changes what they do not see.
  const selected = useMemo(() => ids.filter(id => ticked.has(id)), [ids, ticked])
  return { selected, has: (id: string) => ticked.has(id), toggle, clear, all }
}

export type Selection = ReturnType<typeof useSelection>
