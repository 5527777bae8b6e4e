import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { useCollections } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import { visible } from '../answer/text'
import type { LiveCall } from '../turns/types'
import { describe, filterText, type Names } from './describe'

const known = [
  'list_collections',
  'describe_collection',
  'query_records',
  'count_records',
  'aggregate_records',
  'get_record',
  'search_records',
  'predict_outcome',
  'forecast_pipeline',
  'create_record',
  'update_record',
  'delete_record',
  'draw_chart',
  'explain_access',
  'execute_sql',
] as const

const collectionOf = (args: unknown): string | undefined => {
  const name = (args as { collection?: unknown } | null | undefined)?.collection
  return typeof name === 'string' ? name : undefined
}

/** Tools and their arguments in the person's language. */
export function useToolText() {
  const { t } = useTranslation('assistant')
  const model = useModelText()
  const format = useFormat()
  const collections = useCollections()
  return useMemo(() => {
    const title = (tool: string) => {
      const name = known.find(k => k === tool)
      return name ? t(`tool.${name}`) : visible(humanize(tool))
    }
    const collection = (name: string) => {
      const found = collections.find(c => c.name === name)
      return found ? model.collection(found) : visible(humanize(name))
    }
    const names = (of: string | undefined): Names => {
      const meta = collections.find(c => c.name === of)
      const field = (name: string) => {
        const own = meta?.field(name) ?? meta?.field(`${name}_id`)
        if (own) return model.field(own)
        return visible(
          name
            .split('.')
            .map(part => model.field({ name: part, title: humanize(part.replace(/_id$/, '')) }))
            .join(': '),
        )
      }
      const value = (value: unknown): string => {
        if (typeof value === 'number') return format.decimal(value)
        if (typeof value !== 'string') return visible(JSON.stringify(value) ?? '')
        if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return format.date(value)
        return /^[a-z_]+$/.test(value) ? model.option(value) : visible(value)
      }
      return { field, value, collection, of: names }
    }
    const withCollection = (call: { tool: string; arguments?: unknown }) => {
      const of = collectionOf(call.arguments)
      return of ? `${title(call.tool)}: ${collection(of)}` : title(call.tool)
    }
    return {
      title: withCollection,
      doing: (call: LiveCall) => `${withCollection(call)}…`,
      lines: (args: unknown) => describe(args, names(collectionOf(args)), t),
      filter: (of: string | undefined, filter: unknown) => filterText(filter, names(of), t),
      collection,
    }
  }, [t, model, format, collections])
}
