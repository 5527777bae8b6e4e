import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { meQuery } from '@/api/queries'
import type { components } from '@/api/schema.gen'
import { Data, ErrorAlert, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { makeFormat } from '@/shared/format'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import { useNotify } from '@/shared/useNotify'
import { currencies, timeZones } from './choices'

type Company = components['schemas']['Company']

/** What holds for the whole company. */
export function CompanyPage() {
  return (
    <OnPage page="settings/company" capability="settings.manage">
      <Settings />
    </OnPage>
  )
}

function Settings() {
  const { t } = useTranslation('settings-company')
  usePageContext({ page: 'settings/company' })
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }): Promise<Company> => body(api.GET('/api/settings', { signal })),
  })
  return (
    <Page title={t('title')} lead={t('lead')} width="narrow">
      <Section title={t('section')}>
        <Data query={query} loading={<LoadingState lines={4} height={36} />}>
          {company => <Form company={company} />}
        </Data>
      </Section>
    </Page>
  )
}

const fields = ['company', 'time_zone', 'currency']

function Form({ company }: { company: Company }) {
  const { t, i18n } = useTranslation(['settings-company', 'common'])
  const form = useForm({ initialValues: company })
  useLeaveGuard(form.isDirty)
  const save = useSave()
  const submit = (values: Company) =>
    save.mutate(values, {
      onSuccess: saved => {
        form.setInitialValues(saved)
        form.reset()
      },
      onError: error => form.setErrors(fieldErrors(error, fields) ?? {}),
    })
  const now = makeFormat(i18n.language, form.values.time_zone).timestamp(new Date().toISOString())
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {!fieldErrors(save.error, fields) && <ErrorAlert error={save.error} />}
        <TextInput label={t('name')} maxLength={200} {...form.getInputProps('company')} />
        <Select
          label={t('timeZone')}
          description={t('timeZoneHint')}
          data={timeZones(company.time_zone)}
          searchable
          limit={100}
          allowDeselect={false}
          nothingFoundMessage={t('common:field.nothingFound')}
          {...form.getInputProps('time_zone')}
        />
        <Text size="sm" c="dimmed">
          {t('timeNow', { now })}
        </Text>
        <Select
          label={t('currency')}
          description={t('currencyHint')}
          data={currencies(i18n.language, company.currency)}
          searchable
          limit={100}
          allowDeselect={false}
          nothingFoundMessage={t('common:field.nothingFound')}
          {...form.getInputProps('currency')}
        />
        <Group justify="flex-end">
          {form.isDirty() && (
            <Button variant="default" onClick={form.reset}>
              {t('common:action.cancel')}
            </Button>
          )}
          <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
            {t('common:action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function useSave() {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const notify = useNotify()
  return useMutation({
    mutationFn: (company: Company): Promise<Company> => body(api.PUT('/api/settings', { body: company })),
    onSuccess: saved => {
      queryClient.setQueryData(['settings'], saved)
      // Every time on every screen is told in the company's zone.
      void queryClient.invalidateQueries(meQuery)
      void queryClient.invalidateQueries({ queryKey: ['records'] })
      notify.done(t('error.saved'))
    },
  })
}
