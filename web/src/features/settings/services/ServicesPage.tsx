import { Anchor, Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCpu, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Data, EmptyState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { EgressBadge } from './Egress'
import { NewServiceDialog } from './NewService'
import { type Service, servicesQuery } from './queries'
import { LastTest } from './TestResult'

/** The model services that AI employees can use. */
export function ServicesPage() {
  return (
    <OnPage page="settings/services" capability="services.manage">
      <Services />
    </OnPage>
  )
}

function Services() {
  const { t } = useTranslation(['settings-services', 'settings'])
  const query = useQuery(servicesQuery)
  const [adding, add] = useDisclosure()
  usePageContext({ page: 'settings/services' })
  useHotkey('n', t('add'), add.open)
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      {t('add')}
    </Button>
  )
  return (
    <Page title={t('settings:services')} lead={t('lead')} width="wide" actions={button}>
      <Data query={query} loading={<LoadingState lines={4} height={44} />}>
        {services => (
          <Stack>
            {services.every(s => s.source === 'built-in') && (
              <EmptyState icon={IconCpu} title={t('empty')}>
                {t('emptyText')}
              </EmptyState>
            )}
            <ServicesTable services={services} />
          </Stack>
        )}
      </Data>
      <NewServiceDialog opened={adding} onClose={add.close} />
    </Page>
  )
}

const heads = ['service', 'baseUrl', 'models', 'egressShort', 'key', 'lastTest'] as const

function ServicesTable({ services }: { services: Service[] }) {
  const { t } = useTranslation(['settings-services', 'settings'])
  return (
    <Table.ScrollContainer minWidth={960} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="sm" highlightOnHover aria-label={t('settings:services')}>
        <Table.Thead>
          <Table.Tr>
            {heads.map(head => (
              <Table.Th key={head}>{t(head)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {services.map(service => (
            <Line key={service.source + service.name} service={service} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Line({ service }: { service: Service }) {
  const { t } = useTranslation('settings-services')
  const builtIn = service.source === 'built-in'
  const none = (
    <Text size="sm" c="dimmed">
      —
    </Text>
  )
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Anchor
            component={Link}
            to="/settings/services/$service"
            params={{ service: service.name } as never}
            fw={500}
          >
            {builtIn ? t('providers.offline') : service.name}
          </Anchor>
          {service.default && <Badge color="blue">{t('isDefault')}</Badge>}
          {!service.usable && <Badge color="orange">{t('unusable')}</Badge>}
        </Group>
        <Text size="xs" c="dimmed">
          {builtIn ? t('source.built-in') : t(`providers.${service.provider}`)}
          {service.source === 'configuration' && ` · ${t('source.configuration')}`}
        </Text>
      </Table.Td>
      <Table.Td maw={280}>
        {builtIn ? (
          none
        ) : (
          <Text size="sm" truncate title={service.base_url}>
            {service.base_url || t('ownAddress')}
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={220}>{builtIn ? none : <Models service={service} />}</Table.Td>
      <Table.Td>
        {builtIn ? <Text size="sm">{t('nothingLeaves')}</Text> : <EgressBadge egress={service.egress} />}
      </Table.Td>
      <Table.Td>{builtIn ? none : <Text size="sm">{t(service.has_key ? 'keySet' : 'keyNone')}</Text>}</Table.Td>
      <Table.Td>
        <LastTest test={service.last_test} />
      </Table.Td>
    </Table.Tr>
  )
}

/** The usual model, and how many others there are to choose from. */
function Models({ service }: { service: Service }) {
  const { t } = useTranslation('settings-services')
  const others = service.models.filter(({ name }) => name !== '*' && name !== service.model).length
  return (
    <>
      <Text size="sm" truncate title={service.model}>
        {service.model}
      </Text>
      {others > 0 && (
        <Text size="xs" c="dimmed">
          {t('moreModels', { count: others })}
        </Text>
      )}
    </>
  )
}
