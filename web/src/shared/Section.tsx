import { Badge, Group, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './Section.module.css'

type Props = { title: string; count?: ReactNode; action?: ReactNode; children: ReactNode; flush?: boolean }

/** A titled panel on a page. Flush: what is in it reaches the edges, as lists do. */
export function Section({ title, count, action, children, flush }: Props) {
  const id = useId()
  return (
    <section className={classes.section} aria-labelledby={id}>
      <Group justify="space-between" className={classes.head} wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          <Title order={2} size="h3" id={id}>
            {title}
          </Title>
          {count !== undefined && (
            <Badge color="gray" className={classes.count}>
              {count}
            </Badge>
          )}
        </Group>
        {action}
      </Group>
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  )
}
