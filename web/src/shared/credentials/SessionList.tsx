import { Badge, Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { components } from '@/api/schema.gen'
import { EmptyState } from '../DataStates'
import { useFormat } from '../format'
import { clientName } from './client'
import classes from './credentials.module.css'

export type Session = components['schemas']['Session']

type Props = { sessions: Session[]; ending?: string; onEnd: (session: Session) => void }

/** The sessions that can still be used, the present one first. */
export function SessionList({ sessions, ending, onEnd }: Props) {
  const { t } = useTranslation('account')
  const live = sessions
    .filter(session => !session.revoked && new Date(session.expires).getTime() > Date.now())
    .sort((a, b) => Number(b.current) - Number(a.current) || b.seen.localeCompare(a.seen))
  if (live.length === 0) return <EmptyState compact title={t('noSessions')} />
  return (
    <ul className={classes.list}>
      {live.map(session => (
        <SessionLine key={session.id} session={session} ending={ending === session.id} onEnd={onEnd} />
      ))}
    </ul>
  )
}

function SessionLine({ session, ending, onEnd }: { session: Session; ending: boolean; onEnd: Props['onEnd'] }) {
  const { t } = useTranslation('account')
  const format = useFormat()
  const client = clientName(session.client) || t('unknownClient')
  return (
    <li className={classes.item}>
      <div className={classes.main}>
        <Group gap="xs">
          <Text fw={500}>{client}</Text>
          {session.current && <Badge color="teal">{t('thisSession')}</Badge>}
          {session.viewing && <Badge color="blue">{t('viewingSession')}</Badge>}
        </Group>
        <Text size="sm" c="dimmed">
          {t('sessionLine', {
            address: session.address || t('unknownAddress'),
            began: format.timestamp(session.created),
            seen: format.ago(session.seen),
          })}
        </Text>
      </div>
      {!session.current && (
        <Button
          size="compact-sm"
          variant="default"
          loading={ending}
          onClick={() => onEnd(session)}
          aria-label={t('endSessionOf', { client })}
        >
          {t('endSession')}
        </Button>
      )}
    </li>
  )
}
