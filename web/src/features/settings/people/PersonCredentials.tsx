import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { SessionList } from '@/shared/credentials/SessionList'
import { TokenList } from '@/shared/credentials/TokenList'
import { Data } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import type { Person } from './queries'

/** Where a person is signed in, to be ended one by one or all at once. */
export function PersonSessions({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  const path = { id: person.id }
  const key = ['people', 'sessions', person.id]
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await body(api.GET('/api/people/{id}/sessions', { params: { path }, signal }))).sessions,
  })
  const end = useEnding(key, async (sid: string) => {
    if (sid) await api.DELETE('/api/people/{id}/sessions/{sid}', { params: { path: { ...path, sid } } })
    else await api.DELETE('/api/people/{id}/sessions', { params: { path } })
  })
  const confirm = useConfirm()
  const all = async () => {
    const question = { title: t('endAllTitle', { name: person.name }), text: t('endAllText'), confirm: t('endAll') }
    if (await confirm({ ...question, danger: true })) end.mutate('')
  }
  const any = query.data?.some(session => !session.revoked)
  return (
    <Section
      flush
      title={t('sessions')}
      action={
        any && (
          <Button size="compact-sm" variant="default" onClick={() => void all()}>
            {t('endAll')}
          </Button>
        )
      }
    >
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

/** A person's API tokens, to be revoked. */
export function PersonTokens({ person }: { person: Person }) {
  const { t } = useTranslation('settings-people')
  const path = { id: person.id }
  const key = ['people', 'tokens', person.id]
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      (await body(api.GET('/api/people/{id}/tokens', { params: { path }, signal }))).tokens,
  })
  const revoke = useEnding(key, async (tid: string) => {
    await api.DELETE('/api/people/{id}/tokens/{tid}', { params: { path: { ...path, tid } } })
  })
  return (
    <Section flush title={t('tokens')}>
      <Data query={query}>
        {tokens => (
          <TokenList
            tokens={tokens}
            empty={t('noTokens')}
            revoking={revoke.isPending ? revoke.variables : undefined}
            onRevoke={token => revoke.mutate(token.id)}
          />
        )}
      </Data>
    </Section>
  )
}

function useEnding(key: string[], run: (id: string) => Promise<void>) {
  const queryClient = useQueryClient()
  const notify = useNotify()
  return useMutation({
    mutationFn: run,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
    onError: notify.problem,
  })
}
