import { Select, SimpleGrid, Stack } from '@mantine/core'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { Data, EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { RelationInput } from '@/shared/RelationInput'
import { Section } from '@/shared/Section'
import { useModelText } from '@/shared/useModelText'
import { useTools } from '../policy/catalog'
import { policyQuery } from '../policy/draft'
import { useModelCollections } from '../policy/model'
import { type Action, actions } from '../policy/types'
import type { Question } from './routes'
import { Verdict } from './Verdict'

const route = getRouteApi('/shell/settings/explain')

/** Asks the four layers about a person, an AI employee, a task, a tool and a collection. */
export function ExplainPage() {
  const { t } = useTranslation('settings-explain')
  const question = route.useSearch()
  usePageContext({ page: 'settings/explain' })
  const query = useQuery({
    queryKey: ['policy', 'explain', question],
    queryFn: ({ signal }) => {
      const { collection: address, action, ...rest } = question
      const cut = address?.lastIndexOf('/') ?? -1
      const about = address && {
        collection: address.slice(cut + 1),
        ...(cut > 0 && { data_source: address.slice(0, cut) }),
        action: (action ?? 'view') as Action,
      }
      return body(api.POST('/api/policy/explain', { body: { ...rest, ...about }, signal }))
    },
    enabled: !!question.person,
  })
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Stack gap="lg">
        <Section title={t('question')}>
          <Form question={question} />
        </Section>
        {question.person ? (
          <Data query={query}>{verdict => <Verdict verdict={verdict} />}</Data>
        ) : (
          <EmptyState title={t('choose')}>{t('chooseHint')}</EmptyState>
        )}
      </Stack>
    </Page>
  )
}

function Form({ question }: { question: Question }) {
  const { t } = useTranslation('settings-explain')
  const { t: tp } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  const { document } = useSuspenseQuery(policyQuery).data
  const collections = useModelCollections()
  const model = useModelText()
  const navigate = route.useNavigate()
  const set = (change: Question) =>
    void navigate({
      search: old => Object.fromEntries(Object.entries({ ...old, ...change }).filter(([, value]) => value)),
      replace: true,
    })
  const of = document.employees?.find(e => e.name === question.employee)
  const tasks = (document.tasks ?? []).filter(task => !of || task.employee === of.name)
  const choice = (key: 'employee' | 'task' | 'tool' | 'collection', data: { value: string; label: string }[]) => ({
    label: t(key),
    placeholder: t(`${key}None`),
    data,
    value: question[key] ?? null,
    clearable: true,
    searchable: true,
    clearButtonProps: { 'aria-label': tc('action.clear') },
    nothingFoundMessage: tc('field.nothingFound'),
  })
  const employees = (document.employees ?? []).map(e => ({ value: e.name, label: e.title }))
  const tools = useTools()
  const chooseTask = (name: string | null) => {
    const task = tasks.find(candidate => candidate.name === name)
    set({ task: name ?? undefined, ...(task && { employee: task.employee }) })
  }
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      <RelationInput
        field={{ name: 'person', target: 'people' }}
        label={t('person')}
        value={question.person ?? null}
        onChange={person => set({ person: person ?? undefined })}
      />
      <Select
        {...choice('employee', employees)}
        onChange={employee => set({ employee: employee ?? undefined, task: undefined })}
      />
      <Select
        {...choice(
          'task',
          tasks.map(task => ({ value: task.name, label: task.title })),
        )}
        onChange={chooseTask}
      />
      <Select {...choice('tool', tools)} onChange={tool => set({ tool: tool ?? undefined })} />
      <Select
        {...choice(
          'collection',
          [...collections].map(([value, c]) => ({ value, label: model.collection(c) })),
        )}
        onChange={collection => set({ collection: collection ?? undefined, action: undefined })}
      />
      <Select
        label={t('action')}
        data={actions.map(action => ({ value: action, label: tp(`action.${action}`) }))}
        value={question.action ?? 'view'}
        onChange={action => set({ action: action ?? undefined })}
        allowDeselect={false}
        disabled={!question.collection}
      />
    </SimpleGrid>
  )
}
