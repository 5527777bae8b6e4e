import { useTranslation } from 'react-i18next'
import type { Field } from '@/api/types'

const temporal = (field: Pick<Field, 'type'> | undefined) => field?.type === 'date' || field?.type === 'timestamp'

/** How a filter's operator is called; of days it is called otherwise than of numbers. */
export function useOperatorText(): (op: string, field?: Pick<Field, 'type'>) => string {
  const { t } = useTranslation('records')
  return (op, field) => {
    const days = temporal(field)
    const known: Record<string, string> = {
      $eq: t('op.eq'),
      $ne: t('op.ne'),
      $gt: days ? t('op.after') : t('op.gt'),
      $gte: days ? t('op.from') : t('op.gte'),
      $lt: days ? t('op.before') : t('op.lt'),
      $lte: days ? t('op.until') : t('op.lte'),
      $in: t('op.in'),
      $notIn: t('op.notIn'),
      $contains: t('op.contains'),
      $startsWith: t('op.startsWith'),
      $between: t('op.between'),
      $empty: t('op.empty'),
      $notEmpty: t('op.notEmpty'),
    }
    return known[op] ?? op
  }
}
