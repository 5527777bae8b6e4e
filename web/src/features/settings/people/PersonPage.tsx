import { Anchor, Button, Stack, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { useMe } from '@/app/useMe'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useFormat } from '@/shared/format'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { useNotify } from '@/shared/useNotify'
import { Access } from './Access'
import { PersonState } from './PeopleTable'
import { PersonSessions, PersonTokens } from './PersonCredentials'
import { Profile } from './Profile'
import { type Person, personQuery } from './queries'
import { Roles } from './Roles'

const route = getRouteApi('/shell/settings/people/$id')

/** One person: who they are, what they may do, how they sign in. */
export function PersonPage() {
  const { id } = route.useParams()
  return (
    <OnPage page="settings/people" capability="people.manage">
      <Shown key={id} id={id} />
    </OnPage>
  )
}

function Shown({ id }: { id: string }) {
  const { t } = useTranslation('settings-people')
  const query = useQuery(personQuery(id))
  usePageContext({ page: 'settings/people' })
  const person = query.data
  if (!person) {
    return (
      <Page title={t('person')} before={<Back />} width="narrow">
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : (
          <LoadingState lines={8} height={32} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={person.name}
      before={<Back />}
      width="narrow"
      lead={<Lead person={person} />}
      actions={<ViewAs person={person} />}
    >
      <Stack gap="lg">
        <Section title={t('profile')}>
          <Profile person={person} />
        </Section>
        <Section title={t('roles')}>
          <Roles person={person} />
        </Section>
        <Section title={t('access')}>
          <Access person={person} />
        </Section>
        <PersonSessions person={person} />
        <PersonTokens person={person} />
      </Stack>
    </Page>
  )
}

function Back() {
  const { t } = useTranslation('settings-people')
  return (
    <Anchor component={Link} to="/settings/people" size="sm">
      {t('back')}
    </Anchor>
  )
}

function Lead({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  const format = useFormat()
  return (
    <>
      <Text span c="dimmed" mr="xs">
        {t('since', { when: format.timestamp(person.created) })}
        {' · '}
        {person.seen ? t('lastSeen', { when: format.ago(person.seen) }) : t('neverSeen')}
      </Text>
      <PersonState person={person} />
    </>
  )
}

/** Shows Remit as the person sees it. The shell's banner says so, and ends it. */
function ViewAs({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  const me = useMe()
  const notify = useNotify()
  const begin = useMutation({
    mutationFn: () => body(api.POST('/api/session/view-as', { body: { person: person.id } })),
    // A fresh page, lest something of one's own be taken for theirs.
    onSuccess: () => location.assign('/'),
    onError: notify.problem,
  })
  const more = (person.capabilities ?? []).some(capability => !me.capabilities.includes(capability))
  if (!me.capabilities.includes('people.view_as') || person.id === me.id || !person.active || more) return null
  return (
    <Button
      variant="default"
      leftSection={<IconEye size={16} />}
      loading={begin.isPending}
      onClick={() => begin.mutate()}
    >
      {t('viewAs')}
    </Button>
  )
}
