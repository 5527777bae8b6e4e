import { Button, CloseButton, Group, Text } from '@mantine/core'
import { IconPencil, IconTrash, IconUserShare } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem, type RecordProblem } from '@/api/problem'
import type { Value } from '@/api/types'
import { useMe } from '@/app/useMe'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import classes from './BulkBar.module.css'
import { BulkProblems } from './BulkProblems'
import type { Selection } from './useSelection'

const BulkDialog = lazy(() => import('./BulkDialog').then(module => ({ default: module.BulkDialog })))

type Change = { values: Record<string, Value> } | { delete: true }

const most = 1000 // that the server takes at once

/** What can be done to the ticked records at once: all of them, or none. */
export function BulkBar({ collection, selection }: { collection: CollectionMeta; selection: Selection }) {
  const { t } = useTranslation(['records', 'common'])
  const me = useMe()
  const format = useFormat()
  const notify = useNotify()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const [setting, setSetting] = useState<string | null>(null)
  const [problems, setProblems] = useState<RecordProblem[] | null>(null)
  const ids = selection.selected
  const count = ids.length
  const shown = format.integer(count)
  const run = useMutation({
    mutationFn: (change: Change) =>
      body(
        api.POST('/api/collections/{name}/bulk', {
          params: { path: { name: collection.name } },
          body: { ids, ...change },
        }),
      ),
    onSuccess: async (_, change) => {
      setSetting(null)
      notify.done('delete' in change ? t('bulk.deleted', { count, shown }) : t('bulk.changed', { count, shown }))
      if ('delete' in change) selection.clear()
      await queries.invalidateQueries({ queryKey: ['records', collection.name] })
    },
    onError: error => {
      setSetting(null)
      if (isProblem(error) && error.records?.length) setProblems(error.records)
      else notify.problem(error)
    },
  })
  const remove = async () => {
    const title = t('bulk.deleteTitle', { count, shown })
    const sure = await confirm({ title, text: t('bulk.deleteText'), confirm: t('common:action.delete'), danger: true })
    if (sure) run.mutate({ delete: true })
  }
  const fields = collection.fields.filter(field => field.updatable && !field.read_only)
  const mayChange = collection.may('update') && fields.length > 0 && !me.viewing
  const mayDelete = collection.may('delete') && !me.viewing
  return (
    <>
      {count > 0 && (
        <section className={classes.bar} aria-label={t('bulk.title')}>
          <Text fw={500} size="sm" aria-live="polite">
            {t('bulk.selected', { count, shown })}
          </Text>
          {count > most ? (
            <Text size="sm" c="dimmed">
              {t('bulk.tooMany', { most: format.integer(most) })}
            </Text>
          ) : (
            <Group gap="xs">
              {mayChange && fields.some(field => field.name === 'owner_id') && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconUserShare size={14} />}
                  onClick={() => setSetting('owner_id')}
                >
                  {t('bulk.assign')}
                </Button>
              )}
              {mayChange && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconPencil size={14} />}
                  onClick={() => setSetting('')}
                >
                  {t('bulk.set')}
                </Button>
              )}
              {mayDelete && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconTrash size={14} />}
                  onClick={() => void remove()}
                  loading={run.isPending}
                >
                  {t('common:action.delete')}
                </Button>
              )}
            </Group>
          )}
          <CloseButton size={24} aria-label={t('bulk.clear')} onClick={selection.clear} />
        </section>
      )}
      {setting !== null && (
        <Suspense>
          <BulkDialog
            fields={fields}
            first={setting}
            count={count}
            busy={run.isPending}
            onClose={() => setSetting(null)}
            onSet={(name, value) => run.mutate({ values: { [name]: value } })}
          />
        </Suspense>
      )}
      {problems && <BulkProblems collection={collection} problems={problems} onClose={() => setProblems(null)} />}
    </>
  )
}
