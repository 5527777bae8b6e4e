import { useEffect, useMemo, useState } from 'react'
import { useDock } from '@/shared/dock/dock'
import type { Screen } from '../turns/types'

export type Part = 'collection' | 'records'

/** What goes along with the next question of what is on the page, and what the person has taken out of it. */
export function useScreen() {
  const { context } = useDock()
  const key = JSON.stringify(context)
  const [without, setWithout] = useState<Part[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins anew
  useEffect(() => setWithout([]), [key])
  return useMemo(() => {
    const hasRecords = (context?.records?.length ?? 0) > 0
    const parts: Part[] = !context?.collection ? [] : hasRecords ? ['records'] : ['collection']
    const left = parts.filter(part => !without.includes(part))
    const screen: Screen | undefined = context ? (left.length > 0 ? context : { page: context.page }) : undefined
    return { context, parts: left, screen, remove: (part: Part) => setWithout(before => [...before, part]) }
  }, [context, without])
}

export type OnScreen = ReturnType<typeof useScreen>
