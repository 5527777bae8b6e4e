import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { type Token, TokenList } from '@/shared/credentials/TokenList'
import { Data } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import { NewToken } from './NewToken'

const key = ['own', 'tokens']

/** One's own API tokens, for programs and AI agents that work for oneself. */
export function OwnTokens() {
  const { t } = useTranslation('account')
  const [making, make] = useDisclosure()
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await body(api.GET('/api/me/tokens', { signal }))).tokens,
  })
  const revoke = useRevoke()
  return (
    <Section
      flush
      title={t('tokens')}
      action={
        <Button size="compact-sm" variant="default" onClick={make.open}>
          {t('newToken')}
        </Button>
      }
    >
      <Text size="sm" c="dimmed" px="1.25rem" pt="sm">
        {t('tokensLead')}
      </Text>
      <Data query={query}>
        {tokens => (
          <TokenList
            tokens={tokens}
            empty={t('noTokens')}
            revoking={revoke.pending}
            onRevoke={token => void revoke.ask(token)}
          />
        )}
      </Data>
      <NewToken opened={making} onClose={make.close} />
    </Section>
  )
}

function useRevoke() {
  const { t } = useTranslation('account')
  const queryClient = useQueryClient()
  const notify = useNotify()
  const confirm = useConfirm()
  const revoke = useMutation({
    mutationFn: (tid: string) => api.DELETE('/api/me/tokens/{tid}', { params: { path: { tid } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: key }),
    onError: notify.problem,
  })
  return {
    pending: revoke.isPending ? revoke.variables : undefined,
    ask: async (token: Token) => {
      const name = token.name || token.prefix
      const question = { title: t('revokeTitle', { name }), text: t('revokeText'), confirm: t('revoke') }
      if (await confirm({ ...question, danger: true })) revoke.mutate(token.id)
    },
  }
}
