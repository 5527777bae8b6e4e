import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { departmentsQuery } from '@/features/settings/people/queries'
import { Data, EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import { DepartmentForm, type Draft, useSaveDepartment } from './DepartmentForm'
import { DepartmentTree } from './DepartmentTree'
import { type Department, treeOf } from './tree'

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
          {all => <Tree all={all} onEdit={setDraft} />}
        </Data>
      </Section>
      {draft && <DepartmentForm draft={draft} departments={query.data ?? []} onClose={() => setDraft(null)} />}
    </Page>
  )
}

function Tree({ all, onEdit }: { all: Department[]; onEdit: (draft: Draft) => void }) {
  const { t } = useTranslation('settings-departments')
  const confirm = useConfirm()
  const notify = useNotify()
  const save = useSaveDepartment()
  const nodes = useMemo(() => treeOf(all), [all])
  const nameOf = (id: string) => all.find(department => department.id === id)?.name ?? ''
  const move = async (id: string, parent: string) => {
    const name = nameOf(id)
    const title = parent ? t('moveTitle', { name, parent: nameOf(parent) }) : t('moveTopTitle', { name })
    if (!(await confirm({ title, text: t('parentHint'), confirm: t('move') }))) return
    save.mutate({ id, name, parent }, { onError: notify.problem })
  }
  return <DepartmentTree nodes={nodes} onEdit={onEdit} onMove={(id, parent) => void move(id, parent)} />
}
