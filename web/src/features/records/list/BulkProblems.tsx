import { Anchor, List, Modal, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RecordProblem } from '@/api/problem'
import { recordsQuery } from '@/api/queries'
import type { Row } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'
import { useTitleText } from '../useTitleText'

type Props = { collection: CollectionMeta; problems: RecordProblem[]; onClose: () => void }

const most = 50 // that are told one by one

/** What stands against changing each of the records: none was changed. */
export function BulkProblems({ collection, problems, onClose }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const titleOf = useTitleText()
  const told = problems.slice(0, most)
  const query = useQuery(
    recordsQuery(collection.name, {
      fields: [collection.titleField],
      filter: { id: { $in: told.map(problem => problem.id) } },
      limit: most,
    }),
  )
  const titles = new Map((query.data?.records ?? []).map(row => [row.id, titleOf(collection, row as Row)]))
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('bulk.refused')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Text size="sm" mb="sm">
        {t('bulk.refusedText')}
      </Text>
      <List size="sm" spacing="xs">
        {told.map(problem => (
          <List.Item key={problem.id}>
            <Anchor
              component={Link}
              to="/records/$collection/$id"
              params={{ collection: collection.name, id: problem.id } as never}
              fw={500}
            >
              {titles.get(problem.id) ?? t('untitled')}
            </Anchor>
            {': '}
            {problem.detail}
            {problem.hint && ` (${problem.hint})`}
          </List.Item>
        ))}
      </List>
      {problems.length > most && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('bulk.more', { count: problems.length - most })}
        </Text>
      )}
    </Modal>
  )
}
