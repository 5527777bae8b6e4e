import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { minPassword, type Verdict } from '@/shared/NewPassword'

/** Asks the server whether a password would do, once it is long enough to be asked about. */
export function usePasswordVerdict(password: string): Verdict {
  const { t } = useTranslation('account')
  const [settled] = useDebouncedValue(password, 300)
  const { data } = useQuery({
    queryKey: ['password-check', settled],
    queryFn: ({ signal }) => body(api.POST('/api/me/password/check', { body: { password: settled }, signal })),
    enabled: [...settled].length >= minPassword,
    gcTime: 0, // a password is kept no longer than it is in sight
    retry: false,
  })
  if (!data || settled !== password) return undefined
  const { weakness } = data
  if (weakness === '') return { good: true, text: t('ruleStrong') }
  return { good: false, text: t(`weak.${weakness}`) }
}
