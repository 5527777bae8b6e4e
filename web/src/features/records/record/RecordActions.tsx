import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconCopy, IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import type { Row } from '@/api/types'
import { useHotkey } from '@/shared/hotkeys'
import type { CollectionMeta } from '@/shared/useCollection'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'

type Props = { collection: CollectionMeta; record: Row; title: string }

/** What can be done to the record; what the person may not do is not there. */
export function RecordActions({ collection, record, title }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const navigate = useNavigate()
  const notify = useNotify()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const params = { collection: collection.name, id: record.id }
  const mayEdit = collection.may('update')
  useHotkey(
    mayEdit ? 'e' : undefined,
    t('key.edit'),
    () => void navigate({ to: '/records/$collection/$id/edit', params }),
  )
  const remove = async () => {
    const sure = await confirm({
      title: t('record.deleteTitle', { title }),
      text: t('record.deleteText'),
      confirm: t('record.delete'),
      danger: true,
    })
    if (!sure) return
    try {
      await api.DELETE('/api/collections/{name}/records/{id}', {
        params: { path: { name: collection.name, id: record.id }, query: { version: record._version } },
      })
      await navigate({ to: '/records/$collection', params: { collection: collection.name }, replace: true })
      await queries.invalidateQueries({ queryKey: ['records'] })
      notify.done(t('record.deleted'))
    } catch (error) {
      notify.problem(error)
      await queries.invalidateQueries({ queryKey: ['records', collection.name] })
    }
  }
  return (
    <>
      {mayEdit && (
        <Button
          component={Link}
          to="/records/$collection/$id/edit"
          params={params as never}
          variant="default"
          leftSection={<IconPencil size={16} />}
        >
          {t('record.edit')}
        </Button>
      )}
      {(collection.may('create') || collection.may('delete')) && (
        <Menu>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t('record.more')}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {collection.may('create') && (
              <Menu.Item
                leftSection={<IconCopy size={16} />}
                onClick={() =>
                  void navigate({
                    to: '/records/$collection/new',
                    params: { collection: collection.name },
                    search: { copy: record.id },
                  })
                }
              >
                {t('record.duplicate')}
              </Menu.Item>
            )}
            {collection.may('delete') && (
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
                {t('record.delete')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}
