import { Anchor, Button, Group, Menu, Text, Title } from '@mantine/core'
import { IconDots, IconPencil, IconShare, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { NotFoundScreen } from '@/shared/screens'
import { useDocumentTitle } from '@/shared/useDocumentTitle'
import { humanize } from '@/shared/useModelText'
import { visible } from '../assistant/answer/text'
import { Chat, isGone } from '../assistant/chat/Chat'
import { conversationQuery } from '../assistant/turns/queries'
import type { Conversation } from '../assistant/turns/types'
import classes from './Conversations.module.css'
import { useDelete } from './useActions'

const RenameDialog = lazy(() => import('./RenameDialog').then(module => ({ default: module.RenameDialog })))
const ShareDialog = lazy(() => import('./ShareDialog').then(module => ({ default: module.ShareDialog })))

const route = getRouteApi('/shell/conversations/$id')

/** A conversation on a page of its own. */
export function ConversationPage() {
  const { id } = route.useParams()
  const query = useQuery(conversationQuery(id))
  usePageContext({ page: 'conversations' })
  if (isGone(query.error)) return <NotFoundScreen />
  if (query.isError && !query.data)
    return <ErrorState error={query.error} retry={() => void query.refetch()} level={1} />
  return query.data ? <Shown key={id} conversation={query.data} /> : <LoadingState lines={6} />
}

function Shown({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('conversations')
  const me = useMe()
  const employee = me.employees.find(e => e.name === conversation.employee)
  const title = conversation.withheld ? t('titleHidden') : visible(conversation.title) || t('untitled')
  useDocumentTitle(title)
  const shares = conversation.shares?.length ?? 0
  return (
    <div className={classes.screen}>
      <header className={classes.head}>
        <div className={classes.name}>
          <Anchor component={Link} to="/conversations" size="sm">
            {t('title')}
          </Anchor>
          <Title order={1} size="h2" lineClamp={1}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {employee?.title ?? humanize(conversation.employee)}
            {conversation.shared && ` · ${t('sharedBy', { name: conversation.owner.name })} · ${t('readerHint')}`}
            {shares > 0 && ` · ${t('sharedWith', { count: shares })}`}
          </Text>
        </div>
        {!conversation.shared && <Actions conversation={conversation} />}
      </header>
      <Chat id={conversation.id} />
    </div>
  )
}

function Actions({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation(['conversations', 'common'])
  const [dialog, setDialog] = useState<'share' | 'rename' | null>(null)
  const remove = useDelete()
  const close = () => setDialog(null)
  return (
    <Group gap="xs" wrap="nowrap">
      <Button variant="default" leftSection={<IconShare size={16} />} onClick={() => setDialog('share')}>
        {t('share.label')}
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={t('actions')}>
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog('rename')}>
            {t('rename.label')}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void remove(conversation)}>
            {t('common:action.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {dialog === 'share' && <ShareDialog conversation={conversation} onClose={close} />}
        {dialog === 'rename' && <RenameDialog conversation={conversation} onClose={close} />}
      </Suspense>
    </Group>
  )
}
