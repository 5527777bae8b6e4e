import type { Field } from '@/api/types'

/** Whether a field's values are figures, which stand at the right below each other. */
export const numeric = (field: Pick<Field, 'type' | 'name'>): boolean =>
  field.type === 'money' || field.type === 'decimal' || (field.type === 'integer' && !/year/.test(field.name))

/** How wide a column is, in pixels. */
export function widthOf(field: Field): number {
  switch (field.type) {
    case 'money':
    case 'date':
      return 130
    case 'integer':
    case 'decimal':
      return 120
    case 'boolean':
      return 110
    case 'timestamp':
      return 190
    case 'enum':
      return 140
    case 'relation':
      return 190
    default:
      return /^(name|subject|title)$/.test(field.name) ? 280 : field.format === 'long' ? 320 : 180
  }
}
