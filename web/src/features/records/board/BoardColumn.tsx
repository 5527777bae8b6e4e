import { Badge, Button, Text } from '@mantine/core'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import type { ListState } from '../list/useListState'
import classes from './Board.module.css'
import { BoardCard } from './BoardCard'
import { dragged } from './dragged'
import { useColumn } from './useBoard'
import type { Moving } from './useMove'

type Props = {
  collection: CollectionMeta
  group: Field
  option: string
  options: string[]
  state: ListState
  total: { count: number; sum: number | null } | undefined
  currency: string | undefined
  moving: Moving[]
  mayMove: boolean
  onMove: (row: Row, to: string) => Promise<void>
  onChoose: (row: Row, to: string) => void
  onStep: (row: Row, by: number) => void
}

/** What stands at one option, with how many and how much. Cards can be dropped on it. */
export function BoardColumn({ collection, group, option, total, currency, moving, mayMove, ...props }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const format = useFormat()
  const [over, setOver] = useState(false)
  const { query, cards } = useColumn(collection, group, option, props.state.asked, props.state.sort)
  const arriving = moving.filter(one => one.to === option && !cards.some(card => card.id === one.row.id))
  const staying = cards.filter(card => !moving.some(one => one.row.id === card.id && one.to !== option))
  const shown = [...arriving.map(one => ({ ...one.row, [group.name]: option })), ...staying]
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const row = dragged.take()
    if (row) void props.onMove(row, option)
  }
  const allow = (event: DragEvent) => {
    if (!mayMove || !dragged.present()) return
    event.preventDefault()
    setOver(true)
  }
  const name = model.option(option)
  return (
    <section
      className={classes.column}
      aria-label={name}
      data-over={over || undefined}
      data-column={option}
      onDragOver={allow}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className={classes.head}>
        <h2 className={classes.name}>{name}</h2>
        <Badge color="gray">{format.integer(total?.count ?? 0)}</Badge>
        {currency && total?.sum != null && (
          <Text size="sm" c="dimmed" className="remit-numeric" ml="auto">
            {format.moneyShort(total.sum, currency)}
          </Text>
        )}
      </div>
      {query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} level={3} />
      ) : query.isPending ? (
        <LoadingState lines={3} height={64} />
      ) : (
        <ul className={classes.cards}>
          {shown.map(row => (
            <BoardCard
              key={row.id}
              collection={collection}
              group={group}
              options={props.options}
              row={row as Row}
              busy={moving.some(one => one.row.id === row.id)}
              mayMove={mayMove}
              onChoose={props.onChoose}
              onStep={props.onStep}
            />
          ))}
        </ul>
      )}
      {!query.isPending && shown.length === 0 && (
        <Text size="sm" c="dimmed" p="xs">
          {t('board.none')}
        </Text>
      )}
      {query.hasNextPage && (
        <Button
          variant="subtle"
          size="xs"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('board.more')}
        </Button>
      )}
    </section>
  )
}
