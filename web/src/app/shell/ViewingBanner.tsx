import { Button, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useNotify } from '@/shared/useNotify'
import { useMe } from '../useMe'
import classes from './ViewingBanner.module.css'

/** While an administrator views as somebody else: as whom, and the way out. */
export function ViewingBanner() {
  const { t } = useTranslation()
  const { viewing } = useMe()
  const end = useEndView()
  if (!viewing) return null
  return (
    <div className={classes.banner} role="status">
      <IconEye size={18} aria-hidden="true" />
      <Text size="sm" fw={500}>
        {t('viewing.text', { name: viewing.name })}
      </Text>
      <Button size="compact-sm" variant="white" color="dark" loading={end.isPending} onClick={() => end.mutate()}>
        {t('viewing.end')}
      </Button>
    </div>
  )
}

function useEndView() {
  const notify = useNotify()
  return useMutation({
    mutationFn: () => api.DELETE('/api/session/view-as'),
    // A fresh page, lest what the other person sees be taken for one's own.
    onSuccess: () => location.assign('/'),
    onError: notify.problem,
  })
}
