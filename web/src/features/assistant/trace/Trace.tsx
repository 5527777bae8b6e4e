import { Loader, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconChevronRight } from '@tabler/icons-react'
import { lazy, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadingState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import type { LiveCall } from '../turns/types'
import classes from './Trace.module.css'
import { useToolText } from './useToolText'

const CallView = lazy(() => import('./CallView').then(module => ({ default: module.CallView })))

/** What an AI employee did for an answer: each tool call with what it gave, or why it was refused. */
export function Trace({ calls, took, running }: { calls: LiveCall[]; took?: number; running?: boolean }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const toolText = useToolText()
  const [open, setOpen] = useState(false)
  const id = useId()
  if (calls.length === 0) return null
  const rows = calls.reduce((sum, call) => sum + rowsOf(call), 0)
  const refused = calls.filter(call => call.refusal).length
  const latest = running ? calls.at(-1) : undefined
  const facts = [
    t('trace.steps', { count: calls.length }),
    rows > 0 && t('trace.records', { count: rows, shown: format.integer(rows) }),
    took !== undefined && t('trace.seconds', { seconds: format.decimal(Math.round(took / 100) / 10) }),
  ].filter(Boolean)
  return (
    <div className={classes.trace}>
      <UnstyledButton
        className={classes.summary}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} aria-hidden="true" className={classes.arrow} data-open={open || undefined} />
        {latest?.pending ? (
          <>
            <Loader size={12} /> <span>{toolText.doing(latest)}</span>
          </>
        ) : (
          <span>{facts.join(' · ')}</span>
        )}
        {refused > 0 && (
          <Text span inherit className={classes.refused}>
            <IconAlertTriangle size={14} aria-hidden="true" /> {t('trace.refused', { count: refused })}
          </Text>
        )}
      </UnstyledButton>
      <ol id={id} className={classes.calls} hidden={!open}>
        {open && (
          <Suspense fallback={<LoadingState lines={2} />}>
            {calls.map(call => (
              <CallView key={call.id} call={call} />
            ))}
          </Suspense>
        )}
      </ol>
    </div>
  )
}

/** How many records a call read: an aggregate and a count say over how many. */
export function rowsOf(call: LiveCall): number {
  const result = call.result as { records?: unknown; count?: unknown } | undefined
  if (call.tool === 'list_collections' || call.tool === 'describe_collection' || call.tool === 'draw_chart') return 0
  if (typeof result?.records === 'number') return result.records
  if (typeof result?.count === 'number') return result.count
  return call.rows ?? 0
}
