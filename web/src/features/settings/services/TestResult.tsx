import { Alert, Badge, Text } from '@mantine/core'
import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import type { Service, Tried } from './queries'

/** How long something took, in words. */
export function useTook(): (milliseconds: number) => string {
  const { t } = useTranslation('settings-services')
  const format = useFormat()
  return ms =>
    ms < 1000
      ? t('milliseconds', { n: format.integer(ms) })
      : t('seconds', { n: format.decimal(Math.round(ms / 100) / 10) })
}

/** In a line of the list: whether it answered, and when. */
export function LastTest({ test }: { test: Service['last_test'] }) {
  const { t } = useTranslation('settings-services')
  const format = useFormat()
  if (!test) {
    return (
      <Text size="sm" c="dimmed">
        {t('untested')}
      </Text>
    )
  }
  return (
    <>
      <Badge color={test.ok ? 'teal' : 'red'}>{test.ok ? t('works') : t(`problem.${problemOf(test)}`)}</Badge>
      <Text size="xs" c="dimmed" title={format.timestamp(test.at)}>
        {format.ago(test.at)}
      </Text>
    </>
  )
}

type Outcome = Pick<Tried, 'ok' | 'took_ms' | 'model' | 'message'> & { problem?: string }

const problemOf = (outcome: { problem?: string }) => (outcome.problem ?? 'answer') as NonNullable<Tried['problem']>

/** What a test has shown: that it answers and how fast, or what is wrong and what to do. */
export function TestResult({ outcome, at }: { outcome: Outcome; at?: string }) {
  const { t } = useTranslation('settings-services')
  const format = useFormat()
  const took = useTook()
  const when = at && (
    <Text size="xs" c="dimmed" mt={4}>
      {t('tested', { when: format.timestamp(at) })}
    </Text>
  )
  if (outcome.ok) {
    return (
      <Alert color="teal" icon={<IconCheck size={18} />} title={t('works')}>
        {t('answered', { model: outcome.model ?? '', took: took(outcome.took_ms) })}
        {when}
      </Alert>
    )
  }
  const problem = problemOf(outcome)
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} title={t(`problem.${problem}`)}>
      <Text size="sm">{t(`remedy.${problem}`)}</Text>
      <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>
        {t('said', { message: outcome.message, took: took(outcome.took_ms) })}
      </Text>
      {when}
    </Alert>
  )
}
