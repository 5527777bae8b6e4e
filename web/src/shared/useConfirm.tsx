import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type ReactNode, useCallback } from 'react'
import { useTranslation } from 'react-i18next'

type Question = {
  title: string
  text: ReactNode
  /** The word on the button that does it, e.g. Delete. */
  confirm: string
  danger?: boolean
}

/** Asks before what cannot be taken back: `if (await confirm({...}))`. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  const { t } = useTranslation()
  return useCallback(
    question =>
      new Promise(resolve =>
        modals.openConfirmModal({
          title: question.title,
          children: <Text size="sm">{question.text}</Text>,
          labels: { confirm: question.confirm, cancel: t('action.cancel') },
          confirmProps: { color: question.danger ? 'red' : undefined },
          closeButtonProps: { 'aria-label': t('action.close') },
          onConfirm: () => resolve(true),
          onClose: () => resolve(false),
        }),
      ),
    [t],
  )
}
