import { Checkbox } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { Row } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'
import { useNotify } from '@/shared/useNotify'

type Props = { activities: CollectionMeta; activity: Row; title: string }

/** Ticks an activity off, or takes that back. */
export function DoneBox({ activities, activity, title }: Props) {
  const { t } = useTranslation('records')
  const notify = useNotify()
  const queries = useQueryClient()
  const [shown, setShown] = useState<boolean | null>(null)
  const done = shown ?? activity.status === 'done'
  const toggle = useMutation({
    mutationFn: (next: boolean) => {
      const at = activities.field('done_at')?.updatable ? { done_at: next ? new Date().toISOString() : null } : {}
      return body(
        api.PATCH('/api/collections/{name}/records/{id}', {
          params: { path: { name: activities.name, id: activity.id } },
          body: { values: { status: next ? 'done' : 'open', ...at }, version: activity._version },
        }),
      )
    },
    onMutate: setShown,
    onError: notify.problem,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ['records', activities.name] })
      setShown(null)
    },
  })
  if (!activities.may('update') || !activities.field('status')?.updatable) return null
  return (
    <Checkbox
      size="xs"
      checked={done}
      disabled={toggle.isPending}
      onChange={event => toggle.mutate(event.currentTarget.checked)}
      aria-label={t(done ? 'done.unmark' : 'done.mark', { title })}
    />
  )
}
