import { ActionIcon, Anchor, Menu, Text } from '@mantine/core'
import { IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import type { Draft } from './DepartmentForm'
import classes from './DepartmentTree.module.css'
import type { Node } from './tree'

type Props = { nodes: Node[]; onEdit: (draft: Draft) => void }

/** A list in a list for each level, which screen readers tell as such. */
export function DepartmentTree({ nodes, onEdit }: Props) {
  return (
    <ul className={classes.list}>
      {nodes.map(node => (
        <li key={node.department.id}>
          <Line node={node} onEdit={onEdit} />
          {node.below.length > 0 && <DepartmentTree nodes={node.below} onEdit={onEdit} />}
        </li>
      ))}
    </ul>
  )
}

function Line({ node, onEdit }: { node: Node; onEdit: Props['onEdit'] }) {
  const { t } = useTranslation(['settings-departments', 'common'])
  const { department } = node
  const remove = useRemove()
  const empty = department.people === 0 && node.below.length === 0
  return (
    <div className={classes.line}>
      <Text fw={500} className={classes.name}>
        {department.name}
      </Text>
      {department.people > 0 ? (
        <Anchor component={Link} to="/settings/people" search={{ department: department.id } as never} size="sm">
          {t('people', { count: department.people })}
        </Anchor>
      ) : (
        <Text size="sm" c="dimmed">
          {t('noPeople')}
        </Text>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t('actionsOf', { name: department.name })}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onEdit({ department, parent: '' })}>
            {t('edit')}
          </Menu.Item>
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => onEdit({ parent: department.id })}>
            {t('addBelow')}
          </Menu.Item>
          {empty && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => void remove(department.id, department.name)}
            >
              {t('common:action.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

/** Only what holds neither people nor other departments can be deleted; the others are not offered it. */
function useRemove() {
  const { t } = useTranslation(['settings-departments', 'common'])
  const confirm = useConfirm()
  const notify = useNotify()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/departments/{id}', { params: { path: { id } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['departments'] }),
    onError: notify.problem,
  })
  return async (id: string, name: string) => {
    const question = { title: t('deleteTitle', { name }), text: t('deleteText'), confirm: t('common:action.delete') }
    if (await confirm({ ...question, danger: true })) remove.mutate(id)
  }
}
