import { ActionIcon, Button, Popover, Textarea, Tooltip } from '@mantine/core'
import { IconThumbDown, IconThumbDownFilled, IconThumbUp, IconThumbUpFilled } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useNotify } from '@/shared/useNotify'
import { changed } from '../turns/queries'
import type { Turn } from '../turns/types'

type Value = 'up' | 'down' | ''

/** What the person thinks of an answer, with a comment if she likes. */
export function Rating({ conversation, turn }: { conversation: string; turn: Turn }) {
  const { t } = useTranslation('assistant')
  const notify = useNotify()
  const [asking, setAsking] = useState<Value>('')
  const [comment, setComment] = useState(turn.comment ?? '')
  const rate = useMutation({
    mutationFn: (given: { rating: Value; comment?: string }) =>
      api.PUT('/api/conversations/{id}/turns/{turn}/rating', {
        params: { path: { id: conversation, turn: turn.id } },
        body: given,
      }),
    onSuccess: (_, given) => {
      changed(conversation)
      if (given.comment) notify.done(t('turn.thanks'))
    },
    onError: notify.problem,
  })
  const shown: Value = rate.isPending ? rate.variables.rating : (turn.rating ?? '')
  const choose = (value: 'up' | 'down') => {
    const rating = shown === value ? '' : value
    rate.mutate({ rating })
    setAsking(rating)
  }
  const send = () => {
    rate.mutate({ rating: asking, comment: comment.trim() || undefined })
    setAsking('')
  }
  const button = (value: 'up' | 'down') => {
    const [Empty, Full] = value === 'up' ? [IconThumbUp, IconThumbUpFilled] : [IconThumbDown, IconThumbDownFilled]
    const label = value === 'up' ? t('turn.good') : t('turn.bad')
    return (
      <Tooltip label={label}>
        <ActionIcon aria-label={label} aria-pressed={shown === value} onClick={() => choose(value)}>
          {shown === value ? <Full size={16} /> : <Empty size={16} />}
        </ActionIcon>
      </Tooltip>
    )
  }
  return (
    <Popover
      opened={asking !== ''}
      onClose={() => setAsking('')}
      trapFocus
      withRoles={false}
      position="top-start"
      width={300}
      shadow="md"
    >
      <Popover.Target>
        <span>
          {button('up')}
          {button('down')}
        </span>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={t('turn.comment')}>
        <Textarea
          label={t('turn.comment')}
          value={comment}
          onChange={event => setComment(event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={1000}
        />
        <Button size="xs" mt="xs" onClick={send}>
          {t('turn.commentSend')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
