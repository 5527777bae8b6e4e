import { Button, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Employee } from '@/api/types'
import { useMe } from '@/app/useMe'
import { EmptyState, ErrorAlert } from '@/shared/DataStates'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import chat from '../chat/Chat.module.css'
import { Composer } from '../chat/Composer'
import { ContextChips } from '../chat/ContextChips'
import type { OnScreen } from '../chat/useScreen'

type Props = {
  employee?: Employee
  onEmployee: (name: string) => void
  on: OnScreen
  error: unknown
  /** Begins a conversation with a question, or with a task. */
  onBegin: (begin: { question: string; task?: string }) => void
  first?: string
}

/** Before the first question: who answers, what it does, what it could be asked. */
export function Start({ employee, onEmployee, on, error, onBegin, first = '' }: Props) {
  const { t } = useTranslation('assistant')
  const me = useMe()
  const [text, setText] = useState(first)
  if (!employee) return <EmptyState title={t('panel.none')}>{t('panel.noneHint')}</EmptyState>
  // What is meant for this page comes first.
  const page = on.context?.page
  const here = (places: string[]) => places.some(place => place.split('/')[0] === page)
  const tasks = employee.tasks.toSorted((a, b) => Number(here(b.places)) - Number(here(a.places)))
  return (
    <div className={chat.chat}>
      <div className={chat.scroll}>
        <div className={chat.greeting}>
          <Select
            label={t('panel.choose')}
            data={me.employees.map(e => ({
              value: e.name,
              label: e.position ? `${e.title} · ${e.position}` : e.title,
            }))}
            value={employee.name}
            onChange={name => name && onEmployee(name)}
            allowDeselect={false}
            leftSection={<EmployeeAvatar employee={employee} size={22} />}
          />
          <Text>{employee.greeting || employee.bio}</Text>
          {employee.greeting && employee.bio && (
            <Text c="dimmed" size="sm">
              {employee.bio}
            </Text>
          )}
          <ErrorAlert error={error} />
          {tasks.length > 0 && (
            <Stack gap={6} role="group" aria-label={t('panel.tasks')}>
              {tasks.map(task => (
                <Button
                  key={task.name}
                  variant="default"
                  justify="flex-start"
                  onClick={() => onBegin({ question: '', task: task.name })}
                >
                  {task.title}
                </Button>
              ))}
            </Stack>
          )}
        </div>
      </div>
      <div className={chat.foot}>
        <Composer
          name={employee.title}
          text={text}
          onText={setText}
          onSend={() => onBegin({ question: text.trim() })}
          autoFocus
        >
          <ContextChips on={on} name={employee.title} />
        </Composer>
      </div>
    </div>
  )
}
