import { Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem, ProblemError } from '@/api/problem'
import type { Field, Row } from '@/api/types'
import { notice, unnotice } from '@/shared/notices'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { useNotify } from '@/shared/useNotify'
import { useTitleText } from '../useTitleText'

/** A card that is on its way into a column; it is shown there already. */
export type Moving = { row: Row; to: string }

/** Moves cards: at once on the screen, with a way back, and back by itself where the server refuses. */
export function useMove(collection: CollectionMeta, group: Field) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const titleOf = useTitleText()
  const notify = useNotify()
  const queries = useQueryClient()
  const [moving, setMoving] = useState<Moving[]>([])
  const [said, setSaid] = useState('')

  const move = useCallback(
    async (row: Row, to: string, undoing = false): Promise<void> => {
      const from = String(row[group.name] ?? '')
      if (from === to) return
      const words = { title: titleOf(collection, row), to: model.option(to) }
      const forget = () => setMoving(list => list.filter(one => one.row.id !== row.id))
      const refresh = () => queries.invalidateQueries({ queryKey: ['records', collection.name] })
      setMoving(list => [...list.filter(one => one.row.id !== row.id), { row, to }])
      try {
        const changed = (await body(
          api.PATCH('/api/collections/{name}/records/{id}', {
            params: { path: { name: collection.name, id: row.id } },
            body: { values: { [group.name]: to }, version: row._version },
          }),
        )) as Row
        setSaid(t('board.moved', words))
        await refresh()
        forget()
        if (!undoing && from)
          offerUndo(
            t('board.moved', words),
            t('board.undo'),
            t('common:action.close'),
            () => void move({ ...row, ...changed }, from, true),
          )
      } catch (error) {
        forget()
        setSaid(t('board.refused', words))
        notify.problem(explained(error, t('board.refused', words), t('board.conflict', words)))
        await refresh()
      }
    },
    [collection, group.name, model, notify, queries, t, titleOf],
  )
  return { move, moving, said }
}

/** What the server says, after what it means for the card. */
function explained(error: unknown, refused: string, conflict: string): unknown {
  if (!isProblem(error)) return error
  if (error.kind === 'conflict') return new ProblemError({ kind: 'conflict', detail: conflict })
  return new ProblemError({
    kind: error.kind,
    detail: `${refused} ${error.message}`,
    hint: error.hint,
    request_id: error.requestId,
  })
}

let offered = 0

function offerUndo(message: string, undo: string, close: string, run: () => void): void {
  const id = `moved-${++offered}`
  void notice({
    id,
    autoClose: 8000,
    color: 'teal',
    closeButtonProps: { 'aria-label': close },
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            void unnotice(id)
            run()
          }}
        >
          {undo}
        </Button>
      </Group>
    ),
  })
}
