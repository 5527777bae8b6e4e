import { VisuallyHidden } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { ErrorState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import type { CollectionMeta } from '@/shared/useCollection'
import { groupField } from '../list/layouts'
import type { ListState } from '../list/useListState'
import type { SavedView } from '../list/views'
import classes from './Board.module.css'
import { BoardColumn } from './BoardColumn'
import { useTotals } from './useBoard'
import { useMove } from './useMove'

type Props = { collection: CollectionMeta; state: ListState; view: SavedView | undefined }

/** The records by where they stand, a column for each option. */
export function Board(props: Props) {
  const group = groupField(props.collection)
  return group ? <Columns {...props} group={group} /> : null
}

function Columns({ collection, state, view, group }: Props & { group: Field }) {
  const { t } = useTranslation('records')
  usePageContext({ page: collection.name, collection: collection.name, filter: state.asked, view: view?.name })
  const { totals, currency, query } = useTotals(collection, group, state.asked)
  const { move, moving, said } = useMove(collection, group)
  const board = useRef<HTMLElement>(null)
  const options = group.options ?? []
  const mayMove = collection.may('update') && group.updatable === true
  /** By keyboard the focus goes along with the card. */
  const moveAndFollow = async (row: Row, to: string) => {
    await move(row, to)
    requestAnimationFrame(() => board.current?.querySelector<HTMLElement>(`[data-card="${row.id}"] a`)?.focus())
  }
  const step = (row: Row, by: number) => {
    const to = options[options.indexOf(String(row[group.name])) + by]
    if (to) void moveAndFollow(row, to)
  }
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  return (
    <>
      <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>
      {mayMove && <p className={classes.hint}>{t('board.hint')}</p>}
      <section
        className={classes.board}
        ref={board}
        aria-label={t('layout.board')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {options.map(option => (
          <BoardColumn
            key={option}
            collection={collection}
            group={group}
            option={option}
            options={options}
            state={state}
            total={totals.get(option)}
            currency={currency}
            moving={moving}
            mayMove={mayMove}
            onMove={move}
            onChoose={(row, to) => void moveAndFollow(row, to)}
            onStep={step}
          />
        ))}
      </section>
    </>
  )
}
