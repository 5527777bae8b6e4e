import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Check } from './useChecked'

type Props = { check: Check; empty: boolean; ok: string }

/** Says whether an expression is valid, or what is wrong with it and where. */
export function CheckText({ check, empty, ok }: Props) {
  const { t } = useTranslation('settings-policy')
  return (
    <Text size="sm" role="status" mih="1.4em" c={check.problems.length ? 'var(--mantine-color-error)' : 'dimmed'}>
      {empty ? '' : check.waiting ? t('scopes.checking') : check.ok ? ok : check.problems.join(' · ')}
    </Text>
  )
}
