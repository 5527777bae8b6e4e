import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { SessionList } from '@/shared/credentials/SessionList'
import { Data } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'

const key = ['own', 'sessions']

/** Where one is signed in. */
export function OwnSessions() {
  const { t } = useTranslation('account')
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await body(api.GET('/api/me/sessions', { signal }))).sessions,
  })
  const queryClient = useQueryClient()
  const notify = useNotify()
  const end = useMutation({
    mutationFn: (sid: string) => api.DELETE('/api/me/sessions/{sid}', { params: { path: { sid } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
    onError: notify.problem,
  })
  return (
    <Section flush title={t('sessions')} action={<SignOutElsewhere />}>
      <Data query={query}>
        {sessions => (
          <SessionList
            sessions={sessions}
            ending={end.isPending ? end.variables : undefined}
            onEnd={session => end.mutate(session.id)}
          />
        )}
      </Data>
    </Section>
  )
}

/** Everywhere else, or everywhere: here too. */
function SignOutElsewhere() {
  const { t } = useTranslation('account')
  const router = useRouter()
  const queryClient = useQueryClient()
  const notify = useNotify()
  const confirm = useConfirm()
  const out = useMutation({
    mutationFn: (others: boolean) => api.DELETE('/api/me/sessions', { params: { query: { others } } }),
    onSuccess: async (_, others) => {
      if (others) return queryClient.invalidateQueries({ queryKey: key })
      queryClient.clear()
      await router.navigate({ to: '/sign-in', search: {} })
    },
    onError: notify.problem,
  })
  const everywhere = async () => {
    const sure = await confirm({
      title: t('everywhereTitle'),
      text: t('everywhereText'),
      confirm: t('everywhere'),
      danger: true,
    })
    if (sure) out.mutate(false)
  }
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="default" onClick={() => out.mutate(true)}>
        {t('elsewhere')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => void everywhere()}>
        {t('everywhere')}
      </Button>
    </Group>
  )
}
