import { Accordion, Button, MultiSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { ConditionInput } from '../policy/ConditionInput'
import { usePlaces, useToolTitle } from '../policy/catalog'
import { nameFrom } from '../policy/document'
import { usePolicy } from '../policy/draft'
import type { Doc, Employee, Task } from '../policy/types'
import { Constraints } from './Constraints'
import { ToolRules } from './ToolRules'
import { useEditTask } from './useEmployee'

/** The preset jobs of an AI employee. */
export function TasksTab({ employee }: { employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const { document, edit } = usePolicy()
  const [open, setOpen] = useState<string | null>(null)
  const tasks = (document.tasks ?? []).filter(task => task.employee === employee.name)
  const add = () => {
    const title = t('tasks.new')
    const name = freeName(document, nameFrom(`${employee.name} ${title}`))
    edit(doc => {
      doc.tasks = [...(doc.tasks ?? []), { name, employee: employee.name, title, constraints: { read_only: true } }]
    })
    setOpen(name)
  }
  return (
    <Stack>
      {tasks.length === 0 && <EmptyState compact title={t('tasks.empty')} />}
      <Accordion value={open} onChange={setOpen} variant="separated">
        {tasks.map(task => (
          <Accordion.Item key={task.name} value={task.name}>
            <Accordion.Control>{task.title}</Accordion.Control>
            <Accordion.Panel>{open === task.name && <TaskForm task={task} employee={employee} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      <div>
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
          {t('tasks.new')}
        </Button>
      </div>
    </Stack>
  )
}

function freeName(document: Doc, wanted: string): string {
  const taken = new Set(document.tasks?.map(task => task.name))
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`
    if (!taken.has(name)) return name
  }
}

function TaskForm({ task, employee }: { task: Task; employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const { document, edit: editAll } = usePolicy()
  const { edit, problem } = useEditTask(task.name)
  const toolTitle = useToolTitle()
  const text = (key: 'title' | 'question' | 'instructions') => ({
    label: t(`tasks.${key}`),
    value: task[key] ?? '',
    error: problem(key),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      edit(x => {
        x[key] = value
      })
    },
  })
  const choice = (key: 'tools' | 'places' | 'roles') => ({
    label: t(`tasks.${key}`),
    description: t(`tasks.${key}Hint`),
    value: task[key] ?? [],
    error: problem(key),
    searchable: true,
    onChange: (names: string[]) =>
      edit(x => {
        x[key] = names
      }),
  })
  const remove = () =>
    editAll(doc => {
      doc.tasks = doc.tasks?.filter(other => other.name !== task.name)
    })
  return (
    <Stack>
      <TextInput required {...text('title')} />
      <Textarea description={t('tasks.questionHint')} autosize minRows={2} {...text('question')} />
      <Textarea autosize minRows={3} {...text('instructions')} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <MultiSelect data={usePlaces()} {...choice('places')} />
        <MultiSelect
          data={(document.roles ?? []).map(role => ({ value: role.name, label: role.title || role.name }))}
          {...choice('roles')}
        />
        <MultiSelect
          data={(employee.tools ?? []).map(tool => ({ value: tool, label: toolTitle(tool) }))}
          {...choice('tools')}
        />
      </SimpleGrid>
      <ConditionInput
        label={t('tasks.condition')}
        description={t('tasks.conditionHint')}
        value={task.condition ?? ''}
        onChange={condition =>
          edit(x => {
            x.condition = condition
          })
        }
      />
      <ToolRules
        rules={task.tool_rules ?? []}
        tools={task.tools?.length ? task.tools : (employee.tools ?? [])}
        problem={problem}
        onChange={rules =>
          edit(x => {
            x.tool_rules = rules
          })
        }
      />
      <Constraints task={task} />
      <div>
        <Button variant="default" onClick={remove}>
          {t('tasks.delete')}
        </Button>
      </div>
    </Stack>
  )
}
