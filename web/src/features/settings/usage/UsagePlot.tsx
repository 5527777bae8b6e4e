import { useTranslation } from 'react-i18next'
import { Axes } from '@/features/assistant/charts/Axes'
import type { ChartData } from '@/features/assistant/charts/data'
import { useFormat } from '@/shared/format'
import type { Point } from './sums'
import { useAmount } from './useCost'

type Props = { points: Point[]; currency?: string }

/** Fewer days than these stand as bars. */
const few = 7

/** The course of usage. The table by day tells the same to whoever cannot see it. */
export default function UsagePlot({ points, currency }: Props) {
  const { t, i18n } = useTranslation('settings-usage')
  const write = useFigure(currency)
  const when = useWhen()
  const key = currency ? 'cost' : 'tokens'
  const most = points.reduce<Point | undefined>((a, b) => (a && a[key] >= b[key] ? a : b), undefined)
  if (!most) return null
  const [from, to] = [when(points[0]?.x ?? ''), when(points.at(-1)?.x ?? '')]
  const data: ChartData = {
    series: [{ key: 's0', title: currency ? t('cost') : t('tokens'), column: { name: key, type: 'decimal' } }],
    points: points.map(point => ({ x: short(point.x, i18n.language), s0: point[key] })),
    table: { columns: [], rows: [], more: false },
    left: 0,
  }
  return (
    <Axes
      kind={points.length < few ? 'bar' : 'area'}
      stacked={false}
      data={data}
      title={t('course')}
      label={t('courseLabel', { from, to, day: when(most.x), most: write(most[key]) })}
      write={(value, _, brief) => write(Number(value), brief)}
    />
  )
}

/** Figures in words, briefly beside the axis. */
function useFigure(currency: string | undefined): (value: number, brief?: boolean) => string {
  const { i18n } = useTranslation()
  const format = useFormat()
  const amount = useAmount()
  const compact = new Intl.NumberFormat(i18n.language, { notation: 'compact', maximumSignificantDigits: 3 })
  return (value, brief) => {
    if (currency) return brief ? format.moneyShort(value, currency) : amount(value, currency)
    return brief ? compact.format(value) : format.integer(value)
  }
}

/** A day, or a month, in words. */
function useWhen(): (x: string) => string {
  const { i18n } = useTranslation()
  const format = useFormat()
  const month = new Intl.DateTimeFormat(i18n.language, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return x => (x.length === 7 ? month.format(at(x)) : format.date(x))
}

const at = (x: string) => new Date(`${x.length === 7 ? `${x}-01` : x}T00:00:00Z`)

/** As an axis has room for it. */
const short = (x: string, language: string) =>
  new Intl.DateTimeFormat(language, {
    timeZone: 'UTC',
    month: 'short',
    ...(x.length === 7 ? { year: '2-digit' } : { day: 'numeric' }),
  }).format(at(x))
