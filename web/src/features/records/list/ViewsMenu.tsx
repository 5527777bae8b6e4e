import { Button, Group, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconBookmark,
  IconCheck,
  IconChevronDown,
  IconPencil,
  IconPlus,
  IconStar,
  IconTrash,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import type { useSaveView } from './useSaveView'
import { deleteView, type SavedView, updateView, type ViewDraft } from './views'

const ViewDialog = lazy(() => import('./ViewDialog').then(module => ({ default: module.ViewDialog })))

type Props = {
  collection: string
  views: SavedView[]
  view: SavedView | undefined
  /** Whether the page shows something else than the view. */
  changed: boolean
  /** What the page shows, as a view. */
  draft: ViewDraft
  save: ReturnType<typeof useSaveView>
  onChoose: (id: string) => void
  onReset: () => void
}

/** The saved views of a collection: choose, save what changed, share, make it the first. */
export function ViewsMenu({ collection, views, view, changed, draft, save, onChoose, onReset }: Props) {
  const { t } = useTranslation(['records-list', 'common'])
  const me = useMe()
  const notify = useNotify()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const [naming, name] = useDisclosure()
  const [edited, setEdited] = useState<SavedView | null>(null)
  const fresh = () => queries.invalidateQueries({ queryKey: ['views', collection] })
  const remove = async (gone: SavedView) => {
    const text = gone.shared === 'private' ? t('view.deleteText') : t('view.deleteShared')
    const title = t('view.deleteTitle', { name: gone.name })
    if (!(await confirm({ title, text, confirm: t('common:action.delete'), danger: true }))) return
    try {
      await deleteView(gone.id)
      onChoose('all')
      await fresh()
    } catch (error) {
      notify.problem(error)
    }
  }
  const asDefault = async () => {
    if (!view) return
    try {
      await updateView(view.id, { default: !view.default })
      await fresh()
    } catch (error) {
      notify.problem(error)
    }
  }
  const mine = views.filter(one => one.mine)
  const shared = views.filter(one => !one.mine)
  const writable = !me.viewing
  const open = (which: SavedView | null) => {
    setEdited(which)
    name.open()
  }
  return (
    <Group gap="xs">
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconBookmark size={16} />}
            rightSection={<IconChevronDown size={14} />}
            aria-label={t('view.menu', { name: view?.name ?? t('view.all') })}
          >
            {view?.name ?? t('view.all')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <ViewItem name={t('view.all')} chosen={!view} onChoose={() => onChoose('all')} />
          {mine.length > 0 && <Menu.Label>{t('view.mine')}</Menu.Label>}
          {mine.map(one => (
            <ViewItem
              key={one.id}
              name={one.name}
              note={one.usable ? one.shared !== 'private' && t(`view.with.${one.shared}`) : t('view.unusable')}
              chosen={one === view}
              onChoose={() => onChoose(one.id)}
            />
          ))}
          {shared.length > 0 && <Menu.Label>{t('view.shared')}</Menu.Label>}
          {shared.map(one => (
            <ViewItem
              key={one.id}
              name={one.name}
              note={[one.owner?.name, one.usable || t('view.unusable')]
                .filter(text => typeof text === 'string')
                .join(' · ')}
              chosen={one === view}
              onChoose={() => onChoose(one.id)}
            />
          ))}
          {writable && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => open(null)}>
                {t('view.saveAs')}
              </Menu.Item>
              {view?.editable && (
                <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => open(view)}>
                  {t('view.edit')}
                </Menu.Item>
              )}
              {view && (
                <Menu.Item leftSection={<IconStar size={16} />} onClick={() => void asDefault()}>
                  {view.default ? t('view.noDefault') : t('view.makeDefault')}
                </Menu.Item>
              )}
              {view?.editable && (
                <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => void remove(view)}>
                  {t('view.delete')}
                </Menu.Item>
              )}
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {changed && (
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            {t('view.changed')}
          </Text>
          {view?.editable && writable && (
            <Button size="compact-sm" variant="light" loading={save.isPending} onClick={() => save.mutate(draft)}>
              {t('common:action.save')}
            </Button>
          )}
          {writable && !view?.editable && (
            <Button size="compact-sm" variant="light" onClick={() => open(null)}>
              {t('view.saveAs')}
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={onReset}>
            {t('view.reset')}
          </Button>
        </Group>
      )}
      <Suspense>
        {naming && (
          <ViewDialog
            key={edited?.id ?? 'new'}
            collection={collection}
            edited={edited}
            draft={draft}
            onClose={name.close}
            onSaved={saved => {
              name.close()
              void fresh().then(() => onChoose(saved.id))
            }}
          />
        )}
      </Suspense>
    </Group>
  )
}

type ItemProps = { name: string; note?: string | false; chosen: boolean; onChoose: () => void }

function ViewItem({ name, note, chosen, onChoose }: ItemProps) {
  return (
    <Menu.Item
      onClick={onChoose}
      rightSection={chosen ? <IconCheck size={16} /> : undefined}
      aria-current={chosen || undefined}
    >
      {name}
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Menu.Item>
  )
}
