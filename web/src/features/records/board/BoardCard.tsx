import { ActionIcon, Anchor, Menu } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Row } from '@/api/types'
import { FieldValue } from '@/shared/FieldValue'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { useTitleText } from '../useTitleText'
import classes from './Board.module.css'
import { dragged } from './dragged'
import { cardFields } from './useBoard'

type Props = {
  collection: CollectionMeta
  group: Field
  options: string[]
  row: Row
  busy: boolean
  mayMove: boolean
  onChoose: (row: Row, to: string) => void
  onStep: (row: Row, by: number) => void
}

/** A record on the board. It moves by dragging, by its menu, or with Shift and an arrow. */
export function BoardCard({ collection, group, options, row, busy, mayMove, onChoose, onStep }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const title = useTitleText()(collection, row)
  const movable = mayMove && !busy && !row._hidden?.includes(group.name)
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!movable || !event.shiftKey || by === undefined) return
    event.preventDefault()
    onStep(row, by)
  }
  return (
    <li
      className={classes.card}
      data-card={row.id}
      data-busy={busy || undefined}
      draggable={movable}
      onDragStart={event => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', title)
        dragged.begin(row)
      }}
      onDragEnd={dragged.end}
    >
      <div className={classes.top}>
        <Anchor
          component={Link}
          to="/records/$collection/$id"
          params={{ collection: collection.name, id: row.id } as never}
          fw={500}
          onKeyDown={onKeyDown}
          aria-keyshortcuts={movable ? 'Shift+ArrowRight Shift+ArrowLeft' : undefined}
          draggable={false}
        >
          {title}
        </Anchor>
        {movable && (
          <Menu>
            <Menu.Target>
              <ActionIcon size="sm" aria-label={t('board.move', { title })}>
                <IconArrowsExchange size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('board.moveTo')}</Menu.Label>
              {options
                .filter(option => option !== row[group.name])
                .map(option => (
                  <Menu.Item key={option} onClick={() => onChoose(row, option)}>
                    {model.option(option)}
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <div className={classes.values}>
        {cardFields(collection)
          .filter(
            field => row._hidden?.includes(field.name) || (row[field.name] !== null && row[field.name] !== undefined),
          )
          .map(field => (
            <span key={field.name} title={model.field(field)}>
              <FieldValue field={field} record={row} />
            </span>
          ))}
      </div>
    </li>
  )
}
