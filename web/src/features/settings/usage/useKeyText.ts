import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { planner } from '../services/queries'
import type { By } from './range'
import type { Sum } from './sums'

/** What a line is about, in words. */
export function useKeyText(): (by: By, sum: Pick<Sum, 'key' | 'name'>) => string {
  const { t } = useTranslation('settings-usage')
  const format = useFormat()
  return useCallback(
    (by, { key, name }) => {
      if (by === 'day') return format.date(key)
      if (by === 'service') return key === planner ? t('planner') : key || t('none')
      if (by === 'model') {
        const at = key.indexOf('/')
        const [service, model] = [key.slice(0, at), key.slice(at + 1)]
        return service === planner ? t('planner') : t('modelOf', { model: model || t('none'), service })
      }
      return name || key || t('none')
    },
    [format, t],
  )
}
