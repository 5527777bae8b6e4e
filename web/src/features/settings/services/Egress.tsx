import { Badge, Radio, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { levels } from '../policy/types'
import type { Egress } from './values'

const colors: Record<Egress, string> = { public: 'gray', internal: 'blue', confidential: 'orange', restricted: 'red' }

/** The highest tag whose fields may leave to a service. */
export function EgressBadge({ egress }: { egress: string }) {
  const { t } = useTranslation('settings-policy')
  return <Badge color={colors[egress as Egress] ?? 'gray'}>{t(`level.${egress as Egress}`)}</Badge>
}

type Props = { value?: Egress; onChange?: (value: string) => void; error?: ReactNode }

/** Chooses the egress limit, and says what each means. */
export function EgressInput(props: Props) {
  const { t } = useTranslation(['settings-services', 'settings-policy'])
  return (
    <Radio.Group label={t('egress')} description={t('egressHint')} {...props}>
      <Stack gap="xs" mt="xs">
        {levels.map(level => (
          <Radio
            key={level}
            value={level}
            label={
              <>
                {t(`settings-policy:level.${level}`)}
                <Text span c="dimmed" size="sm">
                  {' – '}
                  {t(`leaves.${level}`)}
                </Text>
              </>
            }
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}
