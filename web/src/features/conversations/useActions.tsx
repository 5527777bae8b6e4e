import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { queryClient } from '@/app/queryClient'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import { visible } from '../assistant/answer/text'
import { changed, conversationQuery } from '../assistant/turns/queries'
import type { Conversation } from '../assistant/turns/types'

/** Deletes a conversation, having said what that removes. */
export function useDelete(): (conversation: Pick<Conversation, 'id' | 'title'>) => Promise<void> {
  const { t } = useTranslation(['conversations', 'common'])
  const confirm = useConfirm()
  const notify = useNotify()
  const router = useRouter()
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/conversations/{id}', { params: { path: { id } } }),
    onError: notify.problem,
  })
  return async ({ id, title }) => {
    const sure = await confirm({
      title: t('delete.title', { title: visible(title) || t('untitled') }),
      text: t('delete.text'),
      confirm: t('common:action.delete'),
      danger: true,
    })
    if (!sure) return
    await remove.mutateAsync(id)
    queryClient.removeQueries({ queryKey: conversationQuery(id).queryKey })
    changed(id)
    notify.done(t('delete.done'))
    await router.navigate({ to: '/conversations' })
  }
}
