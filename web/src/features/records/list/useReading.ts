import { type KeyboardEvent, useEffect, useState } from 'react'
import type { Rows } from './useRows'

/** How many rows before the last one read the next ones are asked for: some screens. */
const ahead = 250

type Props = {
  query: Rows['query']
  /** The last row in sight. */
  last: number
  /** How many rows are read. */
  count: number
  scrollTo: (index: number) => void
}

/**
 * Reads on before the person comes to the last row. The End key leads to the very last
 * record: everything before it is read on the way, until another key or the wheel stops that.
 */
export function useReading({ query, last, count, scrollTo }: Props) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const [toEnd, setToEnd] = useState(false)
  const wanted = toEnd || last >= count - ahead
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && wanted) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, wanted])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every page that came
  useEffect(() => {
    if (!toEnd) return
    scrollTo(count - 1)
    if (!hasNextPage) setToEnd(false)
  }, [toEnd, count, hasNextPage])
  const onKeyDown = (event: KeyboardEvent) => {
    const end = event.key === 'End' && event.target === event.currentTarget
    if (end) event.preventDefault()
    setToEnd(end)
  }
  return { onKeyDown, onWheel: () => setToEnd(false) }
}
