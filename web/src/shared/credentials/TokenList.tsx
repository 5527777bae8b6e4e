import { Badge, Button, Code, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { components } from '@/api/schema.gen'
import { EmptyState } from '../DataStates'
import { useFormat } from '../format'
import classes from './credentials.module.css'

export type Token = components['schemas']['Token']

type Props = { tokens: Token[]; revoking?: string; onRevoke: (token: Token) => void; empty: string }

const good = (token: Token) => !token.revoked && new Date(token.expires).getTime() > Date.now()

/** API tokens: those that are good first, then those that are no more. */
export function TokenList({ tokens, revoking, onRevoke, empty }: Props) {
  if (tokens.length === 0) return <EmptyState compact title={empty} />
  return (
    <ul className={classes.list}>
      {[...tokens]
        .sort((a, b) => Number(good(b)) - Number(good(a)))
        .map(token => (
          <TokenLine key={token.id} token={token} revoking={revoking === token.id} onRevoke={onRevoke} />
        ))}
    </ul>
  )
}

function TokenLine({ token, revoking, onRevoke }: { token: Token; revoking: boolean; onRevoke: Props['onRevoke'] }) {
  const { t } = useTranslation('account')
  const format = useFormat()
  const name = token.name || token.prefix
  return (
    <li className={classes.item}>
      <div className={classes.main}>
        <Group gap="xs">
          <Text fw={500}>{name}</Text>
          <Code>{token.prefix}…</Code>
          {token.employee && <Badge color="violet">{token.employee}</Badge>}
          {token.revoked ? (
            <Badge color="gray">{t('revoked')}</Badge>
          ) : (
            !good(token) && <Badge color="gray">{t('expired')}</Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {t('tokenLine', {
            made: format.timestamp(token.created),
            until: format.timestamp(token.revoked ?? token.expires),
            context: token.revoked ? 'revoked' : undefined,
          })}
          {' · '}
          {token.used ? t('tokenUsed', { used: format.ago(token.used) }) : t('tokenUnused')}
        </Text>
      </div>
      {good(token) && (
        <Button
          size="compact-sm"
          variant="default"
          loading={revoking}
          onClick={() => onRevoke(token)}
          aria-label={t('revokeOf', { name })}
        >
          {t('revoke')}
        </Button>
      )}
    </li>
  )
}
