import { Anchor, SegmentedControl, Select, Table, Text, useMatches } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Data, LoadingState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import { Section } from '@/shared/Section'
import { usageQuery } from './queries'
import { type By, bys, type Range } from './range'
import type { UsageSearch } from './routes'
import { merged, type Sum, total } from './sums'
import classes from './Usage.module.css'
import { useCost } from './useCost'
import { useKeyText } from './useKeyText'

const route = getRouteApi('/shell/settings/usage')

type Props = { search: UsageSearch; range: Range }

/** What was used, a line for each AI employee, person, service, model or day. */
export function UsageTable({ search, range }: Props) {
  const { t } = useTranslation('settings-usage')
  const navigate = route.useNavigate()
  const by = search.by ?? 'employee'
  const wide = useMatches({ base: false, md: true })
  const query = useQuery(usageQuery(by, range, search))
  const data = bys.map(value => ({ value, label: t(`by.${value}`) }))
  const set = (value: string | null) =>
    void navigate({ search: before => ({ ...before, by: value as By }), replace: true, resetScroll: false })
  return (
    <Section
      title={t('table')}
      flush
      action={
        wide ? (
          <SegmentedControl aria-label={t('byWhat')} size="xs" data={data} value={by} onChange={set} />
        ) : (
          <Select
            aria-label={t('byWhat')}
            size="xs"
            w={140}
            data={data}
            value={by}
            onChange={set}
            allowDeselect={false}
          />
        )
      }
    >
      <Data query={query} loading={<LoadingState lines={4} />}>
        {used =>
          used.by === by ? (
            <Lines by={by} sums={merged(used.usage)} all={total(used.usage)} />
          ) : (
            <LoadingState lines={4} /> // those of the choice before are still shown
          )
        }
      </Data>
    </Section>
  )
}

function Lines({ by, sums, all }: { by: By; sums: Sum[]; all: Sum }) {
  const { t } = useTranslation('settings-usage')
  const heads = ['runs', 'input', 'output', 'cost'] as const
  return (
    <>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="lg" aria-label={t('table')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t(`by.${by}`)}</Table.Th>
              {heads.map(head => (
                <Table.Th key={head} className={classes.number}>
                  {t(head)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sums.map(sum => (
              <Table.Tr key={sum.key}>
                <Table.Td>
                  <Name by={by} sum={sum} />
                </Table.Td>
                <Figures sum={sum} />
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr className={classes.total}>
              <Table.Th scope="row">{t('total')}</Table.Th>
              <Figures sum={all} strong />
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </Table.ScrollContainer>
      {all.unpriced > 0 && (
        <Text size="sm" c="dimmed" px="lg" py="sm">
          {t('unpriced', { count: all.unpriced })}
        </Text>
      )}
    </>
  )
}

/** The name of a line; a press narrows everything to it. */
function Name({ by, sum }: { by: By; sum: Sum }) {
  const { t } = useTranslation('settings-usage')
  const text = useKeyText()
  const label = text(by, sum)
  if (by === 'day' || by === 'model' || !sum.key) return label
  return (
    <Anchor
      component={Link}
      to="/settings/usage"
      search={
        ((before: UsageSearch) => ({ ...before, [by]: sum.key, by: by === 'person' ? 'employee' : 'person' })) as never
      }
      title={t('narrowTo', { name: label })}
      size="sm"
    >
      {label}
    </Anchor>
  )
}

function Figures({ sum, strong }: { sum: Sum; strong?: boolean }) {
  const format = useFormat()
  const cost = useCost()
  const figures = [format.integer(sum.runs), format.integer(sum.input), format.integer(sum.output), cost(sum)]
  return figures.map((figure, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change places
    <Table.Td key={n} className={classes.number} fw={strong ? 600 : undefined}>
      {figure}
    </Table.Td>
  ))
}
