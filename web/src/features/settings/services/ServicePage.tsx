import { Alert, Anchor, Badge, Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorAlert, ErrorState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { NotFoundScreen } from '@/shared/screens'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import { ConnectionFields } from './ConnectionFields'
import { FixedService } from './FixedService'
import { LimitFields, UseFields } from './LimitFields'
import { ModelsFields } from './ModelsFields'
import { type Service, servicesQuery, useRemoveService } from './queries'
import { SaveBar } from './SaveBar'
import { TestSection } from './TestSection'
import { UsedBy } from './UsedBy'
import { useServiceForm } from './useServiceForm'
import { valuesOf } from './values'

const route = getRouteApi('/shell/settings/services/$service')

/** One model service. */
export function ServicePage() {
  const { service: name } = route.useParams() as { service: string }
  return (
    <OnPage page="settings/services" capability="services.manage">
      <Shown key={name} name={name} />
    </OnPage>
  )
}

function Shown({ name }: { name: string }) {
  const query = useQuery(servicesQuery)
  usePageContext({ page: 'settings/services' })
  const service = query.data?.find(s => s.name === name)
  if (query.data && !service) return <NotFoundScreen />
  if (!service) {
    return (
      <Page title={name} before={<Back />} width="narrow">
        {query.isError ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : (
          <LoadingState lines={8} height={32} />
        )}
      </Page>
    )
  }
  return service.source === 'database' ? (
    <Editor service={service} />
  ) : (
    <FixedService service={service} back={<Back />} />
  )
}

function Back() {
  const { t } = useTranslation('settings-services')
  return (
    <Anchor component={Link} to="/settings/services" size="sm">
      {t('all')}
    </Anchor>
  )
}

function Editor({ service }: { service: Service }) {
  const { t } = useTranslation('settings-services')
  const edited = useServiceForm(service)
  const { form, base } = edited
  return (
    <Page
      title={service.name}
      before={<Back />}
      width="narrow"
      lead={service.default && <Badge color="blue">{t('isDefault')}</Badge>}
      actions={<Remove service={service} />}
    >
      <Stack gap="lg">
        {!service.usable && (
          <Alert color="orange" title={t('unusable')}>
            {t('unusableText')}
          </Alert>
        )}
        <TestSection service={service} unsaved={edited.mine.length > 0} />
        <form onSubmit={edited.submit} noValidate>
          <Stack gap="lg">
            <ErrorAlert error={edited.problem} />
            <Section title={t('connection')}>
              <ConnectionFields
                key={base.version}
                form={form}
                base={{ values: valuesOf(base), hasKey: base.has_key }}
              />
            </Section>
            <Section title={t('modelsAndPrices')}>
              <ModelsFields form={form} />
            </Section>
            <Section title={t('use')}>
              <Stack gap="lg">
                <UseFields form={form} />
                <UsedBy service={service} />
              </Stack>
            </Section>
            <Section title={t('limits')}>
              <LimitFields form={form} />
            </Section>
            <SaveBar edited={edited} />
          </Stack>
        </form>
      </Stack>
    </Page>
  )
}

function Remove({ service }: { service: Service }) {
  const { t } = useTranslation('settings-services')
  const confirm = useConfirm()
  const notify = useNotify()
  const navigate = useNavigate()
  const remove = useRemoveService(service.name)
  const ask = async () => {
    const text = (
      <>
        <Text span size="sm">
          {t('deleteText')}
        </Text>
        {service.used_by.length > 0 && (
          <Text size="sm" mt="xs" component="span" display="block">
            {t('deleteUsed', { names: service.used_by.map(e => e.title).join(', '), count: service.used_by.length })}
          </Text>
        )}
        {service.default && (
          <Text size="sm" mt="xs" component="span" display="block">
            {t('deleteDefault')}
          </Text>
        )}
      </>
    )
    const title = t('deleteTitle', { name: service.name })
    if (!(await confirm({ title, text, confirm: t('delete'), danger: true }))) return
    remove.mutate(undefined, {
      onSuccess: () => {
        notify.done(t('deleted', { name: service.name }))
        void navigate({ to: '/settings/services', ignoreBlocker: true })
      },
      onError: notify.problem,
    })
  }
  return (
    <Button variant="default" loading={remove.isPending} onClick={() => void ask()}>
      {t('delete')}
    </Button>
  )
}
