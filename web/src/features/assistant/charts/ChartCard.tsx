import { Button, Group, Text } from '@mantine/core'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadingState } from '@/shared/DataStates'
import { visible } from '../answer/text'
import { ResultTableView } from '../results/ResultTableView'
import { tableOf } from '../results/result'
import { useCellText } from '../results/useCellText'
import type { Call, Chart } from '../turns/types'
import classes from './ChartCard.module.css'
import { chartData } from './data'

const Plot = lazy(() => import('./Plot'))

/** A chart of an answer, drawn from the call's result; the same figures as a table on demand. */
export function ChartCard({ chart, calls }: { chart: Chart; calls: Call[] }) {
  const { t } = useTranslation(['assistant', 'common'])
  const text = useCellText()
  const [asTable, setAsTable] = useState(false)
  const call = calls.find(other => other.id === chart.call)
  const data = useMemo(() => {
    const table = call && tableOf(call)
    const words = {
      ...text,
      none: t('common:noValue'),
      hidden: t('common:hidden'),
      other: t('chart.other'),
      title: visible,
    }
    return table ? chartData(chart, table, words) : null
  }, [chart, call, text, t])
  if (!data) return null
  const title = visible(chart.title)
  return (
    <figure className={classes.card} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" className={classes.head}>
        <Text component="figcaption" fw={600} size="sm">
          {title}
        </Text>
        {chart.kind !== 'kpi' && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            className={classes.swap}
            leftSection={asTable ? <IconChartBar size={14} /> : <IconTable size={14} />}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('chart.asChart') : t('chart.asTable')}
          </Button>
        )}
      </Group>
      {asTable ? (
        <ResultTableView table={data.table} label={t('chart.tableOf', { title })} />
      ) : (
        <Suspense fallback={<LoadingState lines={4} height={36} />}>
          <Plot chart={chart} data={data} title={title} />
        </Suspense>
      )}
      {data.left > 0 && !asTable && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('chart.left', { count: data.left, shown: data.points.length })}
        </Text>
      )}
    </figure>
  )
}
