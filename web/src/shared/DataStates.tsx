import { Alert, Button, Skeleton, Stack, Text, ThemeIcon, Title, VisuallyHidden } from '@mantine/core'
import { type Icon, IconAlertCircle, IconInbox, IconLock, IconPlugConnectedX, IconSearchOff } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import classes from './DataStates.module.css'

type LoadingProps = {
  lines?: number
  height?: number
  /** 1 where nothing else on the screen is its heading yet. */
  level?: 1
}

/** Grey lines in the place of what is coming. */
export function LoadingState({ lines = 3, height = 20, level }: LoadingProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" role="status" aria-busy="true">
      <VisuallyHidden component={level ? 'h1' : 'div'}>{t('loading')}</VisuallyHidden>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Skeleton key={line} height={height} width={line === lines - 1 && lines > 1 ? '60%' : '100%'} />
      ))}
    </Stack>
  )
}

type EmptyProps = { icon?: Icon; title: ReactNode; children?: ReactNode; action?: ReactNode; compact?: boolean }

/** Says that there is nothing, and what to do about it. */
export function EmptyState({ icon: Shown = IconInbox, title, children, action, compact }: EmptyProps) {
  return (
    <div className={classes.state} data-compact={compact || undefined}>
      {!compact && (
        <ThemeIcon size={44} radius="xl" variant="light" color="gray">
          <Shown size={22} stroke={1.6} />
        </ThemeIcon>
      )}
      <Text fw={500}>{title}</Text>
      {children && (
        <Text c="dimmed" size="sm" maw="34rem">
          {children}
        </Text>
      )}
      {action}
    </div>
  )
}

/** Says what went wrong, what to do, and offers to try again. */
export function ErrorState({ error, retry, level = 2 }: { error: unknown; retry?: () => void; level?: 1 | 2 | 3 }) {
  const { t } = useTranslation()
  const { icon: Shown, title, text } = useExplained(error)
  const id = isProblem(error) ? error.requestId : undefined
  return (
    <div className={classes.state} role="alert">
      <ThemeIcon size={44} radius="xl" variant="light" color={isProblem(error, 'not_found') ? 'gray' : 'red'}>
        <Shown size={22} stroke={1.6} />
      </ThemeIcon>
      <Title order={level} size="h3">
        {title}
      </Title>
      <Text c="dimmed" size="sm" maw="34rem">
        {text}
      </Text>
      {id && !isProblem(error, 'not_found') && (
        <Text c="dimmed" size="xs">
          {t('error.requestId', { id })}
        </Text>
      )}
      {retry && !isProblem(error, 'not_found') && (
        <Button variant="default" onClick={retry} mt="xs">
          {t('action.retry')}
        </Button>
      )}
    </div>
  )
}

function useExplained(error: unknown): { icon: Icon; title: string; text: string } {
  const { t } = useTranslation()
  if (!isProblem(error)) return { icon: IconAlertCircle, title: t('error.title'), text: sentence(error) }
  switch (error.kind) {
    case 'offline':
      return { icon: IconPlugConnectedX, title: t('error.offline'), text: t('error.offlineHint') }
    case 'not_found':
      return { icon: IconSearchOff, title: t('error.notFound'), text: t('error.notFoundText') }
    case 'denied':
      return { icon: IconLock, title: t('error.denied'), text: sentence(error) }
    case 'limited':
      return { icon: IconAlertCircle, title: t('error.limited'), text: sentence(error) }
    default:
      return { icon: IconAlertCircle, title: t('error.title'), text: sentence(error) }
  }
}

/** A problem above a form, or beside what it is about. */
export function ErrorAlert({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!error) return null
  const id = isProblem(error) ? error.requestId : undefined
  return (
    <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />}>
      {isProblem(error, 'offline') ? `${t('error.offline')}. ${t('error.offlineHint')}` : sentence(error)}
      {id && isProblem(error, 'internal') && ` ${t('error.requestId', { id })}`}
    </Alert>
  )
}

type DataProps<T> = {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
  loading?: ReactNode
  /** What to show instead of children, where there is nothing. */
  empty?: ReactNode
  isEmpty?: (data: T) => boolean
  /** Of the heading of an error: 1 where the data make the whole screen. */
  level?: 1 | 2 | 3
}

/** What a query gives in each of its states. What was read before stays while it is read again. */
export function Data<T>({ query, children, loading, empty, isEmpty, level }: DataProps<T>) {
  if (query.data !== undefined) return empty && isEmpty?.(query.data) ? empty : children(query.data)
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} level={level} />
  return loading ?? <LoadingState />
}
