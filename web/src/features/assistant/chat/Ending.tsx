import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle, IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { visible } from '../answer/text'
import type { Turn } from '../turns/types'

const known = [
  'steps',
  'tokens',
  'time',
  'length',
  'declined',
  'empty',
  'loop',
  'stuck',
  'service_error',
  'canceled',
  'revoked',
  'interrupted',
] as const

/** Says how an answer ended that did not simply end. */
export function Ending({ turn, mayRetry }: { turn: Pick<Turn, 'end' | 'message' | 'answer'>; mayRetry?: boolean }) {
  const { t } = useTranslation('assistant')
  if (!turn.end || turn.end === 'answered') return null
  const end = known.find(name => name === turn.end)
  const calm = end === 'canceled' || end === 'steps' || end === 'length'
  const Mark = end === 'revoked' ? IconLock : calm ? IconInfoCircle : IconAlertTriangle
  return (
    <Alert color={calm ? 'gray' : 'orange'} icon={<Mark size={16} />} mt="xs" role="note">
      {t(end ? `end.${end}` : 'end.other')}
      {turn.message && end !== 'canceled' && turn.message !== turn.answer && ` ${visible(turn.message)}`}
      {mayRetry && end !== 'tokens' && end !== 'revoked' && ` ${t('end.again')}`}
    </Alert>
  )
}

/** Says that something is not for the reader to see. */
export function WithheldNote({ reason }: { reason: 'hidden' | 'employee' }) {
  const { t } = useTranslation('assistant')
  return (
    <Alert color="gray" icon={<IconLock size={16} />} role="note">
      {t(`withheld.${reason}`)}
    </Alert>
  )
}

/** Who answered: which model, or that it was none. */
export function Source({ turn }: { turn: Pick<Turn, 'offline' | 'model'> }) {
  const { t } = useTranslation('assistant')
  if (!turn.offline && !turn.model) return null
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {turn.offline ? t('turn.offline') : t('turn.model', { model: visible(turn.model ?? '') })}
    </Text>
  )
}
