import { Badge, Button, NavLink, Tabs } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { DraftBar } from '../policy/DraftBar'
import { usePolicy } from '../policy/draft'
import { useModel } from '../policy/model'
import type { Role } from '../policy/types'
import { DataTab } from './DataTab'
import { EmployeesTab } from './EmployeesTab'
import { GeneralTab } from './GeneralTab'
import { MembersTab } from './MembersTab'
import { NewRole } from './NewRole'
import { PagesTab } from './PagesTab'
import classes from './Roles.module.css'
import type { Tab } from './routes'
import { TasksTab } from './TasksTab'

const route = getRouteApi('/shell/settings/roles')

/** The roles at the left, what the chosen one may at the right. */
export function RolesPage() {
  const { t } = useTranslation(['settings-roles', 'settings'])
  const { role: name } = route.useSearch()
  const { document } = usePolicy()
  const [making, setMaking] = useState(false)
  usePageContext({ page: 'settings/roles' })
  useModel() // read once for all tabs
  const roles = document.roles ?? []
  const role = name === undefined ? roles[0] : roles.find(r => r.name === name)
  return (
    <Page
      title={t('settings:roles')}
      lead={t('lead')}
      width="wide"
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t('new')}
        </Button>
      }
    >
      <div className={classes.columns}>
        <RoleList roles={roles} chosen={role?.name} />
        {role ? <RoleTabs key={role.name} role={role} /> : <EmptyState title={t('none')}>{t('noneHint')}</EmptyState>}
      </div>
      <DraftBar />
      <NewRole opened={making} onClose={() => setMaking(false)} />
    </Page>
  )
}

function RoleList({ roles, chosen }: { roles: Role[]; chosen?: string }) {
  const { t } = useTranslation('settings-roles')
  const { changes } = usePolicy()
  const { tab } = route.useSearch()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls, also by the keyboard
    <nav className={classes.list} aria-label={t('list')} tabIndex={0}>
      {roles.map(role => (
        <NavLink
          key={role.name}
          component={Link}
          to="/settings/roles"
          search={{ role: role.name, tab } as never}
          active={role.name === chosen}
          aria-current={role.name === chosen ? 'page' : undefined}
          label={role.title || role.name}
          description={role.name}
          rightSection={
            changes.some(c => c.noun === 'roles' && c.key === role.name) && <Badge color="blue">{t('changed')}</Badge>
          }
        />
      ))}
    </nav>
  )
}

function RoleTabs({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const { tab = 'general' } = route.useSearch()
  const navigate = route.useNavigate()
  const open = (next: Tab) => void navigate({ search: { role: role.name, tab: next }, replace: true })
  const permissions = ['general', 'data', 'pages', 'employees', 'tasks'] as const
  return (
    <Tabs
      value={tab === 'users' ? 'users' : 'permissions'}
      onChange={value => open(value === 'users' ? 'users' : 'general')}
      keepMounted={false}
    >
      <Tabs.List>
        <Tabs.Tab value="permissions">{t('permissions')}</Tabs.Tab>
        <Tabs.Tab value="users">{t('users')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="permissions" className={classes.panel}>
        <Tabs value={tab} onChange={value => open((value ?? 'general') as Tab)} variant="pills" keepMounted={false}>
          <Tabs.List aria-label={t('sub')}>
            {permissions.map(value => (
              <Tabs.Tab key={value} value={value}>
                {t(`tab.${value}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="general" className={classes.panel}>
            <GeneralTab role={role} />
          </Tabs.Panel>
          <Tabs.Panel value="data" className={classes.panel}>
            <DataTab role={role} />
          </Tabs.Panel>
          <Tabs.Panel value="pages" className={classes.panel}>
            <PagesTab role={role} />
          </Tabs.Panel>
          <Tabs.Panel value="employees" className={classes.panel}>
            <EmployeesTab role={role} />
          </Tabs.Panel>
          <Tabs.Panel value="tasks" className={classes.panel}>
            <TasksTab role={role} />
          </Tabs.Panel>
        </Tabs>
      </Tabs.Panel>
      <Tabs.Panel value="users" className={classes.panel}>
        <MembersTab role={role} />
      </Tabs.Panel>
    </Tabs>
  )
}
