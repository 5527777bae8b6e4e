import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field } from '@/api/types'

/** `in_progress` → `In progress`. */
export function humanize(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * The names of collections, fields and options in the person's language. The server
 * names them in one; those of the built-in CRM are translated in app/model.de.ts,
 * and what a company has named itself stays as it is.
 */
export function useModelText() {
  const { i18n } = useTranslation()
  return useMemo(() => {
    const text = (group: 'collections' | 'fields' | 'options', name: string, fallback: string): string =>
      (i18n.getResource(i18n.language, 'model', `${group}.${name}`) as string | undefined) ?? fallback
    const translated = i18n.getResource(i18n.language, 'model', 'descriptions') as Record<string, string> | undefined
    return {
      collection: (collection: { name: string; title: string }) =>
        text('collections', collection.name, collection.title),
      field: (field: Pick<Field, 'name' | 'title'>) => text('fields', field.name, field.title),
      option: (value: string) => text('options', value, humanize(value)),
      description: (field: Pick<Field, 'description'>) =>
        field.description && (translated?.[field.description] ?? field.description),
    }
  }, [i18n, i18n.language])
}
