import { Alert, Text, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconChevronRight, IconLock } from '@tabler/icons-react'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { visible } from '../answer/text'
import { ResultTableView } from '../results/ResultTableView'
import { tableOf } from '../results/result'
import type { LiveCall } from '../turns/types'
import classes from './Trace.module.css'
import { useToolText } from './useToolText'

/** One tool call: what was asked, what came back. */
export function CallView({ call }: { call: LiveCall }) {
  const { t } = useTranslation('assistant')
  const format = useFormat()
  const text = useToolText()
  const table = useMemo(() => tableOf(call), [call])
  const lines = text.lines(call.arguments)
  const took = call.took && Math.round(call.took / 1e6)
  const facts = [
    call.text && visible(call.text),
    took !== undefined && t('trace.milliseconds', { count: took, shown: format.integer(took) }),
  ].filter(Boolean)
  return (
    <li className={classes.call}>
      <Text size="sm" fw={600}>
        {text.title(call)}
      </Text>
      {facts.length > 0 && !call.refusal && (
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
      )}
      {lines.length > 0 && (
        <dl className={classes.arguments}>
          {lines.map(line => (
            <div key={line.label}>
              <dt>{line.label}</dt>
              <dd>{line.text}</dd>
            </div>
          ))}
        </dl>
      )}
      {call.withheld && (
        <Alert color="gray" icon={<IconLock size={16} />} className={classes.note}>
          {t(`withheld.${call.withheld.reason}`)}
        </Alert>
      )}
      {call.refusal && <RefusalNote refusal={call.refusal} />}
      {table && table.rows.length > 0 && (
        <ResultTableView table={table} label={t('result.label', { title: text.title(call) })} />
      )}
      {call.arguments !== undefined && <RawJSON value={call.arguments} />}
    </li>
  )
}

/** Why a call gave nothing, and what to do about it. */
function RefusalNote({ refusal }: { refusal: NonNullable<LiveCall['refusal']> }) {
  const { t } = useTranslation('assistant')
  const denied = refusal.kind === 'denied'
  return (
    <Alert
      color={denied ? 'orange' : 'gray'}
      icon={<IconAlertTriangle size={16} />}
      title={denied ? t('trace.denied') : t('trace.failed')}
      className={classes.note}
    >
      {refusal.field && <code>{visible(refusal.field)}</code>} {visible(refusal.message)}
      {refusal.hint && ` (${visible(refusal.hint)})`} {denied && t('trace.deniedHint')}
    </Alert>
  )
}

function RawJSON({ value }: { value: unknown }) {
  const { t } = useTranslation('assistant')
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <>
      <UnstyledButton
        className={classes.summary}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={12} aria-hidden="true" className={classes.arrow} data-open={open || undefined} />
        {t('trace.raw')}
      </UnstyledButton>
      <div id={id} hidden={!open}>
        {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        {open && (
          <pre className={classes.raw} tabIndex={0}>
            {visible(JSON.stringify(value, null, 2))}
          </pre>
        )}
        {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      </div>
    </>
  )
}
