import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { recordsQuery } from '@/api/queries'
import { useTitleFields } from '@/shared/useCollection'

/** What a record is called, asked by its id; as hidden where the person may not see it. */
export function RelationName({ collection, id }: { collection: string; id: string }) {
  const { t } = useTranslation(['records', 'common'])
  const title = useTitleFields()(collection)
  const query = useQuery({
    ...recordsQuery(collection, { fields: title ? [title] : undefined, filter: { id }, limit: 1 }),
    enabled: !!title,
  })
  const record = query.data?.records[0]
  if (record && title && record[title]) return <>{String(record[title])}</>
  return <>{query.isLoading ? '…' : t('common:hidden')}</>
}
