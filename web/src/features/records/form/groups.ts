import type { Field } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'

export type GroupKey = 'about' | 'figures' | 'dates' | 'links' | 'notes' | 'system'
export type FieldGroup = { key: GroupKey; fields: Field[] }

const order: GroupKey[] = ['about', 'figures', 'dates', 'links', 'notes', 'system']

function groupOf(field: Field): GroupKey {
  if (field.read_only || field.name === 'external_ref') return 'system'
  if (field.format === 'long') return 'notes'
  switch (field.type) {
    case 'integer':
    case 'decimal':
    case 'money':
      return 'figures'
    case 'date':
    case 'timestamp':
      return 'dates'
    case 'relation':
      return 'links'
    default:
      return 'about'
  }
}

/** Fields in groups of what belongs together, those without fields left out. */
export function groupsOf(collection: CollectionMeta, which: (field: Field) => boolean = () => true): FieldGroup[] {
  return order
    .map(key => ({ key, fields: collection.fields.filter(field => groupOf(field) === key && which(field)) }))
    .filter(group => group.fields.length > 0)
}
