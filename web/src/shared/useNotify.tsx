import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import { notice } from './notices'

/** Messages in the corner, which screen readers read out. */
export function useNotify() {
  const { t } = useTranslation()
  return useMemo(() => {
    // Mantine's close button has no name of its own.
    const close = { closeButtonProps: { 'aria-label': t('action.close') } }
    return {
      /** Says briefly that something worked. */
      done(message: string) {
        void notice({ message, color: 'teal', icon: <IconCheck size={16} />, autoClose: 4000, ...close })
      },
      /** Says what went wrong, and stays until it is closed. */
      problem(error: unknown) {
        const id = isProblem(error, 'internal') ? error.requestId : undefined
        const message = isProblem(error, 'offline') ? t('error.offline') : sentence(error)
        void notice({
          message: id ? `${message} ${t('error.requestId', { id })}` : message,
          color: 'red',
          icon: <IconAlertCircle size={16} />,
          autoClose: false,
          ...close,
        })
      },
    }
  }, [t])
}
