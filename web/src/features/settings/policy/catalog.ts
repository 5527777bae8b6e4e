import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { humanize, useModelText } from '@/shared/useModelText'
import { usePolicy } from './draft'
import { useModelCollections } from './model'
import type { Catalog } from './types'

/** What a policy may name on this server: tools, pages, places, capabilities, avatars. */
export const catalogQuery = queryOptions({
  queryKey: ['policy', 'catalog'],
  queryFn: ({ signal }): Promise<Catalog> => body(api.GET('/api/policy/catalog', { signal })),
})

export const useCatalog = () => useSuspenseQuery(catalogQuery).data

export type Choice = { value: string; label: string }

/** The pages that a role may show, in three groups. */
export function usePages(): { general: string[]; collections: string[]; settings: string[] } {
  const { pages } = useCatalog()
  const collections = useModelCollections()
  const settings = pages.filter(page => page.startsWith('settings/'))
  const of = pages.filter(page => collections.has(page))
  return { general: pages.filter(page => !settings.includes(page) && !of.includes(page)), collections: of, settings }
}

/** What a page is called. */
export function usePageText(): (page: string) => string {
  const { t, i18n } = useTranslation('settings-policy')
  const model = useModelText()
  const collections = useModelCollections()
  return page => {
    const collection = collections.get(page)
    if (collection) return model.collection(collection)
    const key = page.replace('settings/', '') as 'home'
    return i18n.exists(`settings-policy:page.${key}`) ? t(`page.${key}`) : humanize(key)
  }
}

/** Where a task's button may show, by page: on all of it, or on one of its blocks. */
export function usePlaces(): { group: string; items: Choice[] }[] {
  const { t, i18n } = useTranslation('settings-policy')
  const { pages, places } = useCatalog()
  const pageText = usePageText()
  const blockText = (block: string) =>
    i18n.exists(`settings-policy:block.${block}`) ? t(`block.${block as 'list'}`) : humanize(block)
  return pages.map(page => ({
    group: pageText(page),
    items: places
      .filter(place => place === page || (place.startsWith(`${page}/`) && !pages.includes(place)))
      .map(place => ({
        value: place,
        label:
          place === page
            ? t('wholePage', { page: pageText(page) })
            : `${pageText(page)} · ${blockText(place.slice(page.length + 1))}`,
      })),
  }))
}

/** The tools that an AI employee can be given: those of this server, and those that the document knows beside. */
export function useTools(): Choice[] {
  const { document } = usePolicy()
  const { tools } = useCatalog()
  const text = useToolTitle()
  const named = [
    ...(document.tools ?? []).map(tool => tool.name),
    ...(document.employees ?? []).flatMap(employee => employee.tools ?? []),
  ]
  return [...new Set([...tools.map(tool => tool.name), ...named])].map(value => ({ value, label: text(value) }))
}

/** What a tool is called. */
export function useToolTitle(): (tool: string) => string {
  const { t, i18n } = useTranslation('settings-policy')
  const { tools } = useCatalog()
  return tool =>
    i18n.exists(`settings-policy:tool.${tool}`)
      ? t(`tool.${tool as 'query_records'}`)
      : tools.find(known => known.name === tool)?.title || humanize(tool)
}
