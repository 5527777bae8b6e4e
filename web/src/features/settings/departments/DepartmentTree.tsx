import { Text } from '@mantine/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Draft } from './DepartmentForm'
import { DepartmentLine } from './DepartmentLine'
import classes from './DepartmentTree.module.css'
import { lifted, lowered, type Node, type Shown, shownOf } from './tree'

type Props = { nodes: Node[]; onEdit: (draft: Draft) => void; onMove: (id: string, parent: string) => void }

/**
 * The departments by the tree pattern of ARIA: one of them is in the tab order, arrow keys go through
 * them, open and close them; with Shift they move a department below the one before it, or a level up.
 */
export function DepartmentTree({ nodes, onEdit, onMove }: Props) {
  const { t } = useTranslation('settings-departments')
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<string | null>(null)
  const tree = useRef<HTMLDivElement>(null)
  const moved = useRef<string | null>(null)
  const shown = shownOf(nodes, closed)
  const active = shown.find(line => line.department.id === chosen) ?? shown[0]
  const focus = (line: Shown | undefined) => {
    if (!line) return
    setChosen(line.department.id)
    tree.current?.querySelector<HTMLElement>(`[data-department="${line.department.id}"]`)?.focus()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line may have gone elsewhere with the new tree
  useEffect(() => {
    if (!moved.current) return
    tree.current?.querySelector<HTMLElement>(`[data-department="${moved.current}"]`)?.focus()
    moved.current = null
  }, [nodes])
  const toggle = (id: string, open: boolean) =>
    setClosed(now => new Set(open ? [...now].filter(other => other !== id) : [...now, id]))
  const move = (line: Shown, parent: string | undefined) => {
    if (parent === undefined) return
    moved.current = line.department.id
    if (parent) toggle(parent, true)
    onMove(line.department.id, parent)
  }
  const key = (event: KeyboardEvent, line: Shown, at: number) => {
    if (event.target !== event.currentTarget || event.altKey || event.ctrlKey || event.metaKey) return
    const act = actions(line, at)[event.shiftKey ? `Shift+${event.key}` : event.key]
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  const actions = (line: Shown, at: number): Record<string, () => void> => ({
    ArrowDown: () => focus(shown[at + 1]),
    ArrowUp: () => focus(shown[at - 1]),
    Home: () => focus(shown[0]),
    End: () => focus(shown.at(-1)),
    ArrowRight: () => (line.open === false ? toggle(line.department.id, true) : line.open && focus(shown[at + 1])),
    ArrowLeft: () =>
      line.open
        ? toggle(line.department.id, false)
        : focus(shown.find(other => other.department.id === line.department.parent)),
    Enter: () => onEdit({ department: line.department, parent: '' }),
    'Shift+ArrowRight': () => move(line, lowered(shown, line)),
    'Shift+ArrowLeft': () => move(line, lifted(shown, line)),
  })
  return (
    <>
      <div className={classes.list} role="tree" aria-label={t('tree')} aria-describedby="department-keys" ref={tree}>
        {shown.map((line, at) => (
          <div
            key={line.department.id}
            role="treeitem"
            data-department={line.department.id}
            aria-label={line.department.name}
            aria-level={line.level}
            aria-posinset={line.position}
            aria-setsize={line.siblings}
            aria-expanded={line.open}
            aria-selected={line === active}
            tabIndex={line === active ? 0 : -1}
            onFocus={() => setChosen(line.department.id)}
            onKeyDown={event => key(event, line, at)}
          >
            <DepartmentLine line={line} active={line === active} onEdit={onEdit} onToggle={toggle} />
          </div>
        ))}
      </div>
      <Text size="xs" c="dimmed" px="lg" py="xs" id="department-keys">
        {t('keys')}
      </Text>
    </>
  )
}
