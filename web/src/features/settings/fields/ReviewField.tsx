import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { ErrorAlert } from '@/shared/DataStates'
import { useModelText } from '@/shared/useModelText'
import { useNotify } from '@/shared/useNotify'
import { DiffView } from '../policy/DiffView'
import { addressOf, useModel, useModelCollections } from '../policy/model'
import type { Level } from '../policy/types'

/** What is to be said anew of a field. The tags are missing in the API's description of its body. */
export type FieldChange = components['schemas']['FieldInModel'] & {
  sensitivity?: Level
  personal?: boolean
  critical?: boolean
}

type Props = { change: FieldChange | null; onClose: () => void }

/** What a change to a field's tags would do, before it is saved. */
export function ReviewField({ change, onClose }: Props) {
  const { t } = useTranslation('settings-fields')
  const { t: tc } = useTranslation()
  const model = useModelText()
  const collection = useModelCollections().get(change ? addressOf(change.data_source, change.collection) : '')
  const field = collection?.fields.find(f => f.name === change?.field)
  return (
    <Modal
      opened={change !== null}
      onClose={onClose}
      size="60rem"
      title={t('reviewTitle', { field: field ? model.field(field) : change?.field })}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {change && <Review change={change} onClose={onClose} />}
    </Modal>
  )
}

function Review({ change, onClose }: { change: FieldChange; onClose: () => void }) {
  const { t } = useTranslation('settings-fields')
  const { t: tc } = useTranslation()
  const { epoch } = useModel()
  const notify = useNotify()
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: () => {
      const { data_source, collection, field, ...tags } = change
      const params = { path: { collection, field }, query: { data_source: data_source ?? 'main' } }
      return body(api.PATCH('/api/model/{collection}/fields/{field}', { params, body: { ...tags, epoch } }))
    },
    onSuccess: async () => {
      onClose()
      notify.done(t('saved'))
      await client.invalidateQueries()
    },
  })
  return (
    <Stack>
      <DiffView
        queryKey={['model', 'diff', epoch, change]}
        read={(after, signal) =>
          body(api.POST('/api/model/diff', { body: { changes: [change], counts: true, after }, signal }))
        }
      />
      <ErrorAlert error={save.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {tc('action.cancel')}
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending}>
          {t('save')}
        </Button>
      </Group>
    </Stack>
  )
}
