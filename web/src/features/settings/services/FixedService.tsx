import { Alert, Badge, Stack, Table } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { EgressBadge } from './Egress'
import type { Service } from './queries'
import { TestSection } from './TestSection'
import { UsedBy } from './UsedBy'

/** A service that is not kept here: as it is, with a test. */
export function FixedService({ service, back }: { service: Service; back: ReactNode }) {
  const { t } = useTranslation(['settings-services', 'common'])
  const builtIn = service.source === 'built-in'
  const lines: [string, ReactNode][] = [
    [t('provider'), t(`providers.${service.provider}`)],
    ...(builtIn
      ? []
      : ([
          [t('baseUrl'), service.base_url || t('ownAddress')],
          [t('model'), service.model],
          [t('key'), service.has_key ? t('keySet') : t('keyNone')],
        ] as [string, ReactNode][])),
    [t('egressShort'), builtIn ? t('nothingLeaves') : <EgressBadge key="egress" egress={service.egress} />],
  ]
  return (
    <Page
      title={builtIn ? t('providers.offline') : service.name}
      before={back}
      width="narrow"
      lead={service.default && <Badge color="blue">{t('isDefault')}</Badge>}
    >
      <Stack gap="lg">
        <Alert icon={<IconInfoCircle size={18} />} title={t(`source.${service.source}`)}>
          {t(builtIn ? 'builtInText' : 'configurationText')}
        </Alert>
        <TestSection service={service} unsaved={false} />
        <Section title={t('settings')}>
          <Stack>
            <Table variant="vertical" layout="fixed" withRowBorders={false}>
              <Table.Tbody>
                {lines.map(([label, value]) => (
                  <Table.Tr key={label}>
                    <Table.Th w={{ base: '40%', sm: '16rem' }} scope="row">
                      {label}
                    </Table.Th>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            <UsedBy service={service} />
          </Stack>
        </Section>
      </Stack>
    </Page>
  )
}
