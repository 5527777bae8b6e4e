import { Box, Table } from '@mantine/core'
import { IconPhotoOff } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Answer.module.css'
import { type Oddity, pathWithin, readable, visible } from './text'

/** A link within this app; any other is shown with its address, and leads nowhere. */
export function AnswerLink({ address, text, children }: { address: string; text?: string; children: ReactNode }) {
  const router = useRouter()
  const within = pathWithin(address, location.origin)
  const shown = readable(address)
  if (!within) {
    return (
      <span className={classes.inert}>
        {children} {text !== shown && shown && <span className={classes.address}>({shown})</span>}
      </span>
    )
  }
  const go = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.history.push(within)
  }
  return (
    <a href={within} onClick={go}>
      {children}
    </a>
  )
}

/** Stands for a picture, which is not loaded. */
export function NoPicture({ address, alt }: { address: string; alt: string }) {
  const { t } = useTranslation('assistant')
  return (
    <span className={classes.inert}>
      <IconPhotoOff size={14} aria-hidden="true" /> {t('answer.picture')} {visible(alt)}{' '}
      {address && <span className={classes.address}>({readable(address)})</span>}
    </span>
  )
}

/** A word that may not be what it looks like, and why. */
export function OddWord({ odd, children }: { odd: Oddity; children: ReactNode }) {
  const { t } = useTranslation('assistant')
  return (
    <span className={classes.odd}>
      {children} <small>[{t(`answer.odd.${odd}`)}]</small>
    </span>
  )
}

/** A table, which scrolls by itself where it is too wide. */
export function AnswerTable({ children }: { children: ReactNode }) {
  const { t } = useTranslation('assistant')
  return (
    <Box role="group" className={classes.scroll} tabIndex={0} aria-label={t('answer.table')}>
      <Table className={classes.table}>{children}</Table>
    </Box>
  )
}
