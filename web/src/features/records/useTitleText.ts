import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'

/** What a record is called. A name that is hidden or missing is said to be so. */
export function useTitleText(): (collection: Pick<CollectionMeta, 'titleField'>, row: Row) => string {
  const { t } = useTranslation(['records', 'common'])
  return useCallback(
    (collection, row) => {
      if (row._hidden?.includes(collection.titleField)) return t('common:hidden')
      const value = row[collection.titleField]
      return value === null || value === undefined || value === '' ? t('untitled') : String(value)
    },
    [t],
  )
}
