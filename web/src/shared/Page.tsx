import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Page.module.css'
import { useDocumentTitle } from './useDocumentTitle'

type Props = {
  title: string
  /** What stands below the title. */
  lead?: ReactNode
  /** Buttons at the right of the title. */
  actions?: ReactNode
  /** Before the title: a way back, an icon. */
  before?: ReactNode
  /** `wide` for tables and boards, `narrow` for forms. */
  width?: 'narrow' | 'normal' | 'wide'
  children: ReactNode
}

/** The frame of a screen: its one h1, its actions, its title in the browser's tab. */
export function Page({ title, lead, actions, before, width = 'normal', children }: Props) {
  useDocumentTitle(title)
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.head}>
        <div className={classes.titles}>
          {before}
          <Title order={1}>{title}</Title>
          {lead && (
            <Text c="dimmed" component="div" mt={2}>
              {lead}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </header>
      {children}
    </div>
  )
}
