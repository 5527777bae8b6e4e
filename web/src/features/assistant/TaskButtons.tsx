import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconSparkles } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Employee, Task } from '@/api/types'
import { useMe } from '@/app/useMe'
import { dock } from '@/shared/dock/dock'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { panel } from './dock'

type Placed = { employee: Employee; task: Task }

/** The tasks that the person may start at a place: a page, or a block of it as `opportunities/list`. */
function useTasksAt(place: string): Placed[] {
  const me = useMe()
  if (!panel || me.viewing) return []
  return me.employees.flatMap(employee =>
    employee.tasks.filter(task => task.places.includes(place)).map(task => ({ employee, task })),
  )
}

const start = ({ employee, task }: Placed) => dock.open({ employee: employee.name, task: task.name })

/** Buttons that have an AI employee do a task with what is on the page. Nothing where there is none for the person. */
export function TaskButtons({ place }: { place: string }) {
  const { t } = useTranslation('assistant')
  const tasks = useTasksAt(place)
  const [only] = tasks
  if (!only) return null
  if (tasks.length === 1) {
    return (
      <Button
        variant="light"
        leftSection={<IconSparkles size={16} />}
        aria-label={t('task.start', { title: only.task.title, employee: only.employee.title })}
        onClick={() => start(only)}
      >
        {only.task.title}
      </Button>
    )
  }
  return (
    <Menu width={280}>
      <Menu.Target>
        <Button variant="light" leftSection={<IconSparkles size={16} />} rightSection={<IconChevronDown size={14} />}>
          {t('task.more')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {tasks.map(placed => (
          <Menu.Item
            key={placed.task.name}
            leftSection={<EmployeeAvatar employee={placed.employee} size={24} />}
            onClick={() => start(placed)}
          >
            {t('task.start', { title: placed.task.title, employee: placed.employee.title })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
