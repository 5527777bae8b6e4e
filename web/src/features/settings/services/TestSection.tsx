import { Button, Stack, Text } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import { type Service, useTestService } from './queries'
import { TestResult } from './TestResult'

/** Tries a service as it is saved. */
export function TestSection({ service, unsaved }: { service: Service; unsaved: boolean }) {
  const { t } = useTranslation('settings-services')
  const test = useTestService(service.name)
  // Where it has changed since, the server no longer tells of the test, and so the result is not shown either.
  const last = service.last_test
  return (
    <Section
      title={t('test')}
      action={
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={16} />}
          loading={test.isPending}
          onClick={() => test.mutate()}
        >
          {t('testNow')}
        </Button>
      }
    >
      <Stack gap="sm" role="status">
        <Text size="sm" c="dimmed">
          {t(service.source === 'built-in' ? 'testPlanner' : 'testHint')}
        </Text>
        {unsaved && <Text size="sm">{t('testSaved')}</Text>}
        {test.isPending && <Text size="sm">{t('testing')}</Text>}
        <ErrorAlert error={test.error} />
        {!test.isPending && !test.isError && last && <TestResult outcome={last} at={last.at} />}
      </Stack>
    </Section>
  )
}
