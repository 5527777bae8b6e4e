import { Anchor, Button, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { useFormat } from '@/shared/format'
import { humanize } from '@/shared/useModelText'
import { visible } from '../answer/text'
import { conversationsQuery } from '../turns/queries'
import classes from './Panel.module.css'

/** Earlier conversations, to go on with. */
export function History({ onChoose }: { onChoose: (id: string) => void }) {
  const { t } = useTranslation('assistant')
  const me = useMe()
  const format = useFormat()
  const query = useInfiniteQuery(conversationsQuery)
  const found = query.data?.pages.flatMap(page => page.conversations) ?? []
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) {
    return (
      <div className={classes.pad}>
        <LoadingState lines={6} />
      </div>
    )
  }
  if (found.length === 0) return <EmptyState title={t('panel.noHistory')} />
  return (
    <div className={classes.history}>
      <ul className={classes.list}>
        {found.map(conversation => {
          const employee = me.employees.find(e => e.name === conversation.employee)
          return (
            <li key={conversation.id}>
              <UnstyledButton className={classes.item} onClick={() => onChoose(conversation.id)}>
                <EmployeeAvatar employee={employee} size={28} />
                <span className={classes.what}>
                  <Text component="span" truncate display="block">
                    {visible(conversation.title) || t('panel.untitled')}
                  </Text>
                  <Text component="span" size="xs" c="dimmed" display="block" truncate>
                    {employee?.title ?? humanize(conversation.employee)} · {format.ago(conversation.changed_at)}
                    {conversation.shared && ` · ${t('panel.sharedBy', { name: conversation.owner.name })}`}
                  </Text>
                </span>
              </UnstyledButton>
            </li>
          )
        })}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="subtle"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('panel.more')}
        </Button>
      )}
      <Anchor component={Link} to="/conversations" size="sm" className={classes.pad}>
        {t('panel.allConversations')}
      </Anchor>
    </div>
  )
}
