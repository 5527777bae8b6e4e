import { Anchor, Button, Switch, Tabs } from '@mantine/core'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { NotFoundScreen } from '@/shared/screens'
import { useConfirm } from '@/shared/useConfirm'
import { DraftBar } from '../policy/DraftBar'
import { removeEmployee } from '../policy/document'
import { usePolicy } from '../policy/draft'
import { useModel } from '../policy/model'
import type { Employee } from '../policy/types'
import { ProfileTab, RoleTab } from './ProfileTabs'
import { useEditEmployee } from './useEmployee'

const route = getRouteApi('/shell/settings/employees/$employee')

/** One AI employee, with all that is said of it. */
export function EmployeePage() {
  const { employee: name } = route.useParams() as { employee: string }
  const { document } = usePolicy()
  usePageContext({ page: 'settings/employees' })
  useModel() // read once for all tabs
  const employee = document.employees?.find(e => e.name === name)
  return employee ? <Editor key={name} employee={employee} /> : <NotFoundScreen />
}

// The tabs behind the first two bring much with them, and come when they are opened.
const ModelTab = lazy(() => import('./ModelTab').then(module => ({ default: module.ModelTab })))
const ToolsTab = lazy(() => import('./ToolsTab').then(module => ({ default: module.ToolsTab })))
const TasksTab = lazy(() => import('./TasksTab').then(module => ({ default: module.TasksTab })))
const RemitTab = lazy(() => import('./RemitTab').then(module => ({ default: module.RemitTab })))

const tabs = { profile: ProfileTab, role: RoleTab, model: ModelTab, tools: ToolsTab, tasks: TasksTab, remit: RemitTab }
const order = ['profile', 'role', 'model', 'tools', 'tasks', 'remit'] as const

function Editor({ employee }: { employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const { edit } = useEditEmployee(employee.name)
  const policy = usePolicy()
  const confirm = useConfirm()
  const navigate = useNavigate()
  const remove = async () => {
    const title = t('deleteTitle', { name: employee.title })
    if (!(await confirm({ title, text: t('deleteText'), confirm: t('delete'), danger: true }))) return
    policy.edit(document => removeEmployee(document, employee.name))
    void navigate({ to: '/settings/employees' })
  }
  return (
    <Page
      title={employee.title || employee.name}
      before={
        <Anchor component={Link} to="/settings/employees" size="sm">
          {t('all')}
        </Anchor>
      }
      lead={employee.position}
      actions={
        <Button variant="default" onClick={() => void remove()}>
          {t('delete')}
        </Button>
      }
    >
      <Switch
        mb="md"
        label={t('enabled')}
        description={t('enabledHint')}
        checked={!employee.disabled}
        onChange={event => {
          const { checked } = event.currentTarget
          edit(e => {
            e.disabled = !checked
          })
        }}
      />
      <Tabs defaultValue="profile" keepMounted={false}>
        <Tabs.List>
          {order.map(tab => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`tab.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {order.map(tab => {
          const Tab = tabs[tab]
          return (
            <Tabs.Panel key={tab} value={tab} pt="md">
              <Suspense fallback={<LoadingState lines={4} />}>
                <Tab employee={employee} />
              </Suspense>
            </Tabs.Panel>
          )
        })}
      </Tabs>
      <DraftBar />
    </Page>
  )
}
