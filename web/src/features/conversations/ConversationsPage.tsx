import { ActionIcon, Anchor, Badge, Button, Group, Text, Tooltip } from '@mantine/core'
import { IconMessages, IconPlus, IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { dock, usePageContext } from '@/shared/dock/dock'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { useFormat } from '@/shared/format'
import { Page } from '@/shared/Page'
import { humanize } from '@/shared/useModelText'
import { visible } from '../assistant/answer/text'
import { conversationsQuery } from '../assistant/turns/queries'
import type { Conversation } from '../assistant/turns/types'
import classes from './Conversations.module.css'
import { useDelete } from './useActions'

/** The person's conversations with AI employees, and those that others share with her. */
export function ConversationsPage() {
  const { t } = useTranslation('conversations')
  const me = useMe()
  const query = useInfiniteQuery(conversationsQuery)
  usePageContext({ page: 'conversations' })
  const found = query.data?.pages.flatMap(page => page.conversations) ?? []
  const begin = me.employees.length > 0 && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => dock.open({})}>
      {t('new')}
    </Button>
  )
  return (
    <Page title={t('title')} lead={t('lead')} actions={begin}>
      {query.isError && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <LoadingState lines={6} height={44} />
      ) : found.length === 0 ? (
        <EmptyState icon={IconMessages} title={t('empty')}>
          {t('emptyHint')}
        </EmptyState>
      ) : (
        <ul className={classes.list}>
          {found.map(conversation => (
            <Line key={conversation.id} conversation={conversation} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Group justify="center" mt="lg">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        </Group>
      )}
    </Page>
  )
}

function Line({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('conversations')
  const me = useMe()
  const format = useFormat()
  const remove = useDelete()
  const employee = me.employees.find(e => e.name === conversation.employee)
  const name = employee?.title ?? humanize(conversation.employee)
  const title = conversation.withheld ? t('titleHidden') : visible(conversation.title) || t('untitled')
  return (
    <li className={classes.line}>
      <EmployeeAvatar employee={employee} size={36} />
      <div className={classes.what}>
        <Anchor
          component={Link}
          to="/conversations/$id"
          params={{ id: conversation.id } as never}
          className={classes.title}
        >
          {title}
        </Anchor>
        <Text size="sm" c="dimmed" truncate>
          {name} · {format.ago(conversation.changed_at)}
        </Text>
      </div>
      {conversation.shared ? (
        <Badge color="gray">{t('sharedBy', { name: conversation.owner.name })}</Badge>
      ) : (
        <Tooltip label={t('delete.label')}>
          <ActionIcon aria-label={t('delete.of', { title })} onClick={() => void remove(conversation)}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
