import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useConfirm } from './useConfirm'

type Question = { title: string; text: string; confirm: string }
type Options = {
  question?: Question
  /** The pages on which nothing is lost; by itself only the page that is open. */
  stays?: (pathname: string) => boolean
  /** Closing the tab is watched elsewhere. */
  closing?: false
}

/** Asks before what was typed is lost: on going to another page of the app, and on closing the tab. */
export function useLeaveGuard(unsaved: () => boolean, { question, stays, closing }: Options = {}): void {
  const { t } = useTranslation()
  const confirm = useConfirm()
  const asked = question ?? { title: t('leave.title'), text: t('leave.text'), confirm: t('leave.confirm') }
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      const lost = unsaved() && !(stays?.(next.pathname) ?? current.pathname === next.pathname)
      return lost && !(await confirm({ ...asked, danger: true }))
    },
    enableBeforeUnload: () => closing !== false && unsaved(),
  })
}
