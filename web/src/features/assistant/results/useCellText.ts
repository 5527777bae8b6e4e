import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { useCollections } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import { visible } from '../answer/text'
import type { ResultColumn, ResultRow } from './result'

const isoDay = /^\d{4}-\d{2}-\d{2}/

/** How the cells and columns of a tool's result are written for people. */
export function useCellText() {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const model = useModelText()
  const collections = useCollections()
  return useMemo(() => {
    const bucketed = (value: string, bucket: string): string => {
      const day = new Date(`${value.slice(0, 10)}T00:00:00Z`)
      if (!isoDay.test(value) || Number.isNaN(day.getTime())) return value
      const year = day.getUTCFullYear()
      if (bucket === 'year') return String(year)
      if (bucket === 'quarter') return `Q${Math.floor(day.getUTCMonth() / 3) + 1} ${year}`
      if (bucket !== 'month') return format.date(value.slice(0, 10))
      return new Intl.DateTimeFormat(i18n.language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(day)
    }
    const number = (value: number, column: ResultColumn, brief: boolean): string => {
      if (column.percent) return format.percent(value)
      if (column.type === 'money' && column.currency) {
        return brief ? format.moneyShort(value, column.currency) : format.money(value, column.currency)
      }
      return column.type === 'integer' ? format.integer(value) : format.decimal(value)
    }
    /** The title of a relation's collection or field stands before that of a column behind it. */
    const heading = (column: ResultColumn, collection?: string): string => {
      const parts = column.name.split('.')
      const own = collections.find(c => c.name === collection)
      if (parts.length > 1) {
        const relation = own?.field(`${parts[0]}_id`)
        const first = relation ? model.field(relation) : humanize(parts[0] ?? '')
        const last = parts.slice(1).join(' ')
        return last === 'name'
          ? first
          : `${first}: ${model.field({ name: last, title: column.title ?? humanize(last) })}`
      }
      const field = own?.field(column.name)
      if (field) return model.field(field)
      return visible(column.title ?? humanize(column.name))
    }
    return {
      heading,
      /** Undefined: there is no value. Null: the person may not see it. */
      cell(row: ResultRow, column: ResultColumn, brief = false): string | null | undefined {
        if (row._hidden?.includes(column.name)) return null
        const value = row[column.name]
        if (value === null || value === undefined || value === '') return undefined
        if (typeof value === 'number') return number(value, column, brief)
        if (typeof value === 'boolean') return value ? t('yes') : t('no')
        if (typeof value !== 'string') return visible(JSON.stringify(value))
        if (column.bucket) return bucketed(value, column.bucket)
        if (column.type === 'date' && isoDay.test(value)) return format.date(value.slice(0, 10))
        if (column.type === 'timestamp' && isoDay.test(value)) return format.timestamp(value)
        if (column.type === 'enum') return model.option(value)
        return visible(value)
      },
    }
  }, [t, i18n.language, format, model, collections])
}

export type CellText = ReturnType<typeof useCellText>
