import type { Field } from '@/api/types'
import type { Preview } from './api'

const plain = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]/g, '')

/** What a column could mean: what the server knows, else a field of like name or title. No field twice. */
export function suggest(preview: Preview, fields: Field[]): Record<string, string> {
  const taken = new Set(preview.columns.map(column => column.field).filter(Boolean))
  const map: Record<string, string> = {}
  for (const { column, field } of preview.columns) {
    const like = fields.find(
      one =>
        preview.fields.includes(one.name) &&
        !taken.has(one.name) &&
        [one.name, one.title, one.name.replace(/_id$/, '')].some(name => plain(name) === plain(column)),
    )
    const meant = field ?? like?.name ?? ''
    if (meant) taken.add(meant)
    map[column] = meant
  }
  return map
}
