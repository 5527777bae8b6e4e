import { useFormat } from '@/shared/format'
import type { ResultColumn } from '../results/result'

export type WriteNumber = (value: unknown, column: ResultColumn, brief?: boolean) => string

/** Numbers of a column, briefly where there is little room. */
export function useNumbers(): WriteNumber {
  const format = useFormat()
  return (value, column, brief = false) => {
    if (typeof value !== 'number') return '–'
    if (column.percent) return format.percent(value)
    if (column.type !== 'money' || !column.currency) return format.decimal(value)
    return brief ? format.moneyShort(value, column.currency) : format.money(value, column.currency)
  }
}
