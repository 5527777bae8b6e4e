import { Alert, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconChartBar } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Data, EmptyState, LoadingState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useFormat } from '@/shared/format'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { useCompany } from '@/shared/useCompany'
import { BudgetsSection } from './BudgetsSection'
import { NarrowedBy } from './NarrowedBy'
import { usageQuery } from './queries'
import { isDay, type Preset, presets, type Range, rangeOf, todayIn } from './range'
import type { UsageSearch } from './routes'
import { course, merged, type Sum, total } from './sums'
import { UsageTable } from './UsageTable'
import { useCost } from './useCost'

const route = getRouteApi('/shell/settings/usage')
const Plot = lazy(() => import('./UsagePlot'))

/** What AI employees have used of model services, for whom, and what it cost. */
export function UsagePage() {
  return (
    <OnPage page="settings/usage">
      <Shown />
    </OnPage>
  )
}

function Shown() {
  const { t } = useTranslation(['settings-usage', 'settings'])
  const search = route.useSearch() as UsageSearch
  const { timeZone } = useCompany()
  usePageContext({ page: 'settings/usage' })
  const range = rangeOf(search.range ?? '30days', todayIn(timeZone), { from: search.from, to: search.to })
  const days = useQuery(usageQuery('day', range, search))
  return (
    <Page title={t('settings:usage')} lead={t('lead')} width="wide" actions={<RangeInput search={search} />}>
      <Stack gap="lg">
        <NarrowedBy search={search} range={range} />
        <Data
          query={days}
          loading={<LoadingState lines={5} height={44} />}
          isEmpty={used => used.usage.length === 0}
          empty={
            <EmptyState icon={IconChartBar} title={t('empty')}>
              {t('emptyText')}
            </EmptyState>
          }
        >
          {used => (
            <>
              {used.whose === 'own' && <Alert>{t('own')}</Alert>}
              <Totals sum={total(used.usage)} />
              <Course days={merged(used.usage)} sum={total(used.usage)} range={range} />
              <UsageTable search={search} range={range} />
            </>
          )}
        </Data>
        <BudgetsSection />
      </Stack>
    </Page>
  )
}

function RangeInput({ search }: { search: UsageSearch }) {
  const { t } = useTranslation('settings-usage')
  const navigate = route.useNavigate()
  const set = (change: UsageSearch) =>
    void navigate({ search: before => ({ ...before, ...change }), replace: true, resetScroll: false })
  const range = search.range ?? '30days'
  return (
    <Group gap="xs" align="flex-end">
      <Select
        aria-label={t('range')}
        data={presets.map(value => ({ value, label: t(`ranges.${value}`) }))}
        value={range}
        onChange={value => set({ range: value as Preset })}
        allowDeselect={false}
        w={190}
      />
      {range === 'custom' &&
        (['from', 'to'] as const).map(end => (
          <TextInput
            key={end}
            type="date"
            aria-label={t(end)}
            value={search[end] ?? ''}
            max={end === 'from' ? search.to : undefined}
            min={end === 'to' ? search.from : undefined}
            onChange={event => {
              const { value } = event.currentTarget
              if (value === '' || isDay(value)) set({ [end]: value || undefined })
            }}
            w={150}
          />
        ))}
    </Group>
  )
}

function Totals({ sum }: { sum: Sum }) {
  const { t } = useTranslation('settings-usage')
  const format = useFormat()
  const cost = useCost()
  const figures = [
    [t('runs'), format.integer(sum.runs)],
    [t('input'), format.integer(sum.input)],
    [t('output'), format.integer(sum.output)],
    [t('cost'), cost(sum)],
  ] as const
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 4 }} m={0}>
      {figures.map(([label, value]) => (
        <div key={label}>
          <Text component="dt" size="sm" c="dimmed">
            {label}
          </Text>
          <Text component="dd" m={0} fz="xl" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  )
}

function Course({ days, sum, range }: { days: Sum[]; sum: Sum; range: Range }) {
  const { t } = useTranslation('settings-usage')
  const [wanted, setWanted] = useState('tokens')
  const currencies = Object.keys(sum.costs).sort()
  const shown = currencies.includes(wanted) ? wanted : 'tokens'
  const points = course(days, range, shown === 'tokens' ? undefined : shown)
  return (
    <Section
      title={t('course')}
      action={
        currencies.length > 0 && (
          <SegmentedControl
            size="xs"
            aria-label={t('courseOf')}
            data={[
              { value: 'tokens', label: t('tokens') },
              ...currencies.map(currency => ({ value: currency, label: t('costIn', { currency }) })),
            ]}
            value={shown}
            onChange={setWanted}
          />
        )
      }
    >
      <Suspense fallback={<LoadingState lines={4} height={48} />}>
        <Plot points={points} currency={shown === 'tokens' ? undefined : shown} />
      </Suspense>
    </Section>
  )
}
