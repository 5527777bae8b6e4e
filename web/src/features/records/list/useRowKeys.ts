import { useNavigate } from '@tanstack/react-router'
import { type RefObject, useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Row } from '@/api/types'
import { useHotkey } from '@/shared/hotkeys'
import type { CollectionMeta } from '@/shared/useCollection'
import type { Selection } from './useSelection'

type Props = {
  collection: CollectionMeta
  rows: Row[]
  selection: Selection
  scroller: RefObject<HTMLDivElement | null>
  scrollTo: (index: number) => void
}

/** j and k go from row to row; the row's link has the focus, so that Enter opens it. */
export function useRowKeys({ collection, rows, selection, scroller, scrollTo }: Props): void {
  const { t } = useTranslation('records')
  const navigate = useNavigate()
  const present = useCallback((): number => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]')
    return row && scroller.current?.contains(row) ? Number(row.dataset.row) : -1
  }, [scroller])
  const go = (by: number) => {
    const from = present()
    const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), rows.length - 1)
    if (rows.length === 0) return
    scrollTo(to)
    focusRow(scroller.current, to)
  }
  const edit = () => {
    const row = rows[present()]
    if (row) void navigate({ to: '/records/$collection/$id/edit', params: { collection: collection.name, id: row.id } })
  }
  const tick = () => {
    const row = rows[present()]
    if (row) selection.toggle(row.id)
  }
  useHotkey('j', t('key.next'), () => go(1))
  useHotkey('k', t('key.previous'), () => go(-1))
  useHotkey('x', t('key.tick'), tick)
  useHotkey(collection.may('update') ? 'e' : undefined, t('key.edit'), edit)
  useHotkey(selection.selected.length > 0 ? 'escape' : undefined, t('bulk.clear'), selection.clear)
}

/** The row may come into the document only after scrolling there. */
function focusRow(scroller: HTMLElement | null, index: number, tries = 10): void {
  const link = scroller?.querySelector<HTMLElement>(`[data-row="${index}"] a[data-title]`)
  if (link) link.focus({ preventScroll: false })
  else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, index, tries - 1))
}
