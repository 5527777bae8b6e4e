import type { Me } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'

/** Who may bring a file in: with the capability, and where records may be created at all. */
export const mayImport = (me: Me, collection: CollectionMeta): boolean =>
  me.capabilities.includes('data.import') && collection.may('create') && !me.viewing
