import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { departmentsQuery } from '@/features/settings/people/queries'
import { Data, EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { DepartmentForm, type Draft } from './DepartmentForm'
import { DepartmentTree } from './DepartmentTree'
import { treeOf } from './tree'

/** The departments of the company, as a tree. */
export function DepartmentsPage() {
  return (
    <OnPage page="settings/departments" capability="people.manage">
      <Departments />
    </OnPage>
  )
}

function Departments() {
  const { t } = useTranslation('settings-departments')
  const query = useQuery(departmentsQuery)
  const [draft, setDraft] = useState<Draft | null>(null)
  const add = () => setDraft({ parent: '' })
  usePageContext({ page: 'settings/departments' })
  useHotkey('n', t('add'), add)
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      width="narrow"
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={add}>
          {t('add')}
        </Button>
      }
    >
      <Section flush title={t('tree')} count={query.data?.length}>
        <Data
          query={query}
          isEmpty={all => all.length === 0}
          empty={<EmptyState title={t('none')}>{t('noneHint')}</EmptyState>}
        >
          {all => <DepartmentTree nodes={treeOf(all)} onEdit={setDraft} />}
        </Data>
      </Section>
      {draft && <DepartmentForm draft={draft} departments={query.data ?? []} onClose={() => setDraft(null)} />}
    </Page>
  )
}
