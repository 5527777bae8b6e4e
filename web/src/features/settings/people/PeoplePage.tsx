import { Button, Group, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { InvitePerson } from './InvitePerson'
import { PeopleTable } from './PeopleTable'
import { departmentsQuery, peopleQuery, useRoles } from './queries'
import type { PeopleSearch } from './routes'

const route = getRouteApi('/shell/settings/people')

/** Everybody who works with Remit. */
export function PeoplePage() {
  return (
    <OnPage page="settings/people" capability="people.manage">
      <People />
    </OnPage>
  )
}

function People() {
  const { t } = useTranslation('settings-people')
  const search = route.useSearch()
  const [inviting, invite] = useDisclosure()
  const attributes = mayOpen(useMe(), 'settings/people', 'policy.manage')
  usePageContext({ page: 'settings/people' })
  useHotkey('n', t('invite'), invite.open)
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      width="wide"
      actions={
        <>
          {attributes && (
            <Button variant="default" component={Link} to="/settings/people/attributes">
              {t('attributes')}
            </Button>
          )}
          <Button leftSection={<IconUserPlus size={16} />} onClick={invite.open}>
            {t('invite')}
          </Button>
        </>
      }
    >
      <Filters search={search} />
      <List search={search} />
      <InvitePerson opened={inviting} onClose={invite.close} />
    </Page>
  )
}

function Filters({ search }: { search: PeopleSearch }) {
  const { t } = useTranslation('settings-people')
  const navigate = route.useNavigate()
  const departments = useQuery(departmentsQuery)
  const roles = useRoles()
  const [typed, setTyped] = useState(search.q ?? '')
  const set = (change: PeopleSearch) =>
    void navigate({ search: before => ({ ...before, ...change }), replace: true, resetScroll: false })
  const setLater = useDebouncedCallback((q: string) => set({ q: q.trim() || undefined }), 250)
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={typed}
        maxLength={100}
        onChange={event => {
          setTyped(event.currentTarget.value)
          setLater(event.currentTarget.value)
        }}
        w={{ base: '100%', sm: 260 }}
      />
      <Choice
        label={t('department')}
        all={t('anyDepartment')}
        value={search.department}
        data={(departments.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={department => set({ department })}
      />
      <Choice
        label={t('role')}
        all={t('anyRole')}
        value={search.role}
        data={roles.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={role => set({ role })}
      />
      <Choice
        label={t('state')}
        all={t('anyState')}
        value={search.active}
        data={[
          { value: 'yes', label: t('active') },
          { value: 'no', label: t('inactive') },
        ]}
        onChange={active => set({ active: active as PeopleSearch['active'] })}
      />
    </Group>
  )
}

type ChoiceProps = {
  label: string
  all: string
  value: string | undefined
  data: { value: string; label: string }[]
  onChange: (value: string | undefined) => void
}

function Choice({ label, all, value, data, onChange }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <Select
      aria-label={label}
      placeholder={all}
      data={data}
      value={value ?? null}
      onChange={next => onChange(next ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': `${t('action.clear')}: ${label}` }}
      searchable={data.length > 8}
      nothingFoundMessage={t('field.nothingFound')}
      w={{ base: '100%', xs: 200 }}
    />
  )
}

function List({ search }: { search: PeopleSearch }) {
  const { t } = useTranslation('settings-people')
  const query = useInfiniteQuery(peopleQuery(search))
  const people = query.data?.pages.flatMap(page => page.people) ?? []
  if (query.isError && !query.data) return <ErrorState error={query.error} retry={() => void query.refetch()} />
  if (query.isPending) return <LoadingState lines={8} height={36} />
  if (people.length === 0) return <EmptyState title={t('nobody')}>{t('nobodyHint')}</EmptyState>
  return (
    <>
      <PeopleTable people={people} />
      {query.hasNextPage && (
        <Group justify="center" mt="lg">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        </Group>
      )}
    </>
  )
}
