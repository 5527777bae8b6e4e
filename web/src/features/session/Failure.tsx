import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'

/** Why nobody was signed in. */
export function Failure({ error }: { error: unknown }) {
  const { t } = useTranslation('session')
  if (isProblem(error, 'unauthenticated')) return t('wrong')
  if (isProblem(error, 'limited')) {
    return error.retryAfter ? t('limited', { seconds: error.retryAfter }) : t('limitedSoon')
  }
  return sentence(error)
}
