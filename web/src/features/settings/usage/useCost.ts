import { useCallback } from 'react'
import { useFormat } from '@/shared/format'
import type { Sum } from './sums'

/** Costs in words: one amount a currency, exact enough that little is not nothing; a dash where no price is known. */
export function useCost(): (sum: Pick<Sum, 'costs'>) => string {
  const amount = useAmount()
  return useCallback(
    sum => {
      const costs = Object.entries(sum.costs).sort(([a], [b]) => (a < b ? -1 : 1))
      return costs.length ? costs.map(([currency, cost]) => amount(cost, currency)).join(' + ') : '—'
    },
    [amount],
  )
}

/** One cost in words. */
export function useAmount(): (cost: number, currency: string) => string {
  const format = useFormat()
  return useCallback(
    (cost, currency) =>
      cost > 0 && cost < 0.01 ? `< ${format.money(0.01, currency, true)}` : format.money(cost, currency, true),
    [format],
  )
}
