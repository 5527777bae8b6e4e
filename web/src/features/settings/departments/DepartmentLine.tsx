import { ActionIcon, Anchor, Menu, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import type { Draft } from './DepartmentForm'
import classes from './DepartmentTree.module.css'
import type { Shown } from './tree'

type Props = {
  line: Shown
  active: boolean
  onEdit: (draft: Draft) => void
  onToggle: (id: string, open: boolean) => void
}

/** A department with what can be done to it. Its buttons are in the tab order where it is. */
export function DepartmentLine({ line, active, onEdit, onToggle }: Props) {
  const { t } = useTranslation(['settings-departments', 'common'])
  const { department, open } = line
  const tabIndex = active ? 0 : -1
  const remove = useRemove()
  const empty = department.people === 0 && open === undefined
  return (
    <div className={classes.line} style={{ paddingInlineStart: `${line.level * 1.5 - 0.75}rem` }}>
      {open === undefined ? (
        <span className={classes.toggle} />
      ) : (
        <UnstyledButton
          className={classes.toggle}
          data-open={open || undefined}
          tabIndex={-1}
          aria-hidden="true"
          onClick={() => onToggle(department.id, !open)}
        >
          <IconChevronRight size={16} />
        </UnstyledButton>
      )}
      <Text fw={500} className={classes.name}>
        {department.name}
      </Text>
      {department.people > 0 ? (
        <Anchor
          className={classes.people}
          component={Link}
          to="/settings/people"
          search={{ department: department.id } as never}
          size="sm"
          tabIndex={tabIndex}
        >
          {t('people', { count: department.people })}
        </Anchor>
      ) : (
        <Text size="sm" c="dimmed">
          {t('noPeople')}
        </Text>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t('actionsOf', { name: department.name })} tabIndex={tabIndex}>
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
