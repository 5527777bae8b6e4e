import { Button, Group, SegmentedControl, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { Value } from '@/api/types'
import { ErrorAlert } from '@/shared/DataStates'
import { DateInput } from '@/shared/date/DateInput'
import type { CollectionMeta } from '@/shared/useCollection'
import { useNotify } from '@/shared/useNotify'
import classes from './Timeline.module.css'

type Kind = 'note' | 'call' | 'task'
type Props = { activities: CollectionMeta; link: string; id: string }

/** The first line is the subject; all of it is kept where there is more. */
export function activityOf(kind: Kind, text: string, due: string | null, now: string): Record<string, Value> {
  const [first = '', ...rest] = text.trim().split('\n')
  const subject = first.length > 120 ? `${first.slice(0, 119)}…` : first
  const whole: Record<string, Value> = rest.length > 0 || subject !== first ? { body: text.trim() } : {}
  const when: Record<string, Value> =
    kind === 'task'
      ? { status: 'open', due_at: due ? new Date(`${due}T17:00:00`).toISOString() : null }
      : { status: 'done', due_at: now, done_at: now }
  return { subject, kind, ...whole, ...when }
}

/** Logs a note, a call or a task beside the record, in one line. */
export function QuickLog({ activities, link, id }: Props) {
  const { t } = useTranslation('records')
  const notify = useNotify()
  const queries = useQueryClient()
  const [kind, setKind] = useState<Kind>('note')
  const [text, setText] = useState('')
  const [due, setDue] = useState<string | null>(null)
  const log = useMutation({
    mutationFn: () => {
      const all = { ...activityOf(kind, text, due, new Date().toISOString()), [link]: id }
      const values = Object.fromEntries(
        Object.entries(all).filter(([name, value]) => value !== null && activities.field(name)?.creatable),
      )
      return body(
        api.POST('/api/collections/{name}/records', { params: { path: { name: activities.name } }, body: { values } }),
      )
    },
    onSuccess: async () => {
      setText('')
      setDue(null)
      notify.done(t('timeline.logged'))
      await queries.invalidateQueries({ queryKey: ['records', activities.name] })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) log.mutate()
  }
  return (
    <form onSubmit={submit} className={classes.log}>
      {log.error && <ErrorAlert error={log.error} />}
      <SegmentedControl
        size="xs"
        aria-label={t('timeline.kind')}
        value={kind}
        onChange={next => setKind(next as Kind)}
        data={[
          { value: 'note', label: t('timeline.note') },
          { value: 'call', label: t('timeline.call') },
          { value: 'task', label: t('timeline.task') },
        ]}
      />
      <Textarea
        aria-label={t('timeline.text')}
        placeholder={t(`timeline.${kind}Placeholder`)}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        autosize
        minRows={1}
        maxRows={8}
      />
      <Group justify="space-between">
        {kind === 'task' ? (
          <DateInput
            aria-label={t('timeline.due')}
            placeholder={t('timeline.due')}
            value={due}
            onChange={setDue}
            clearable
            size="xs"
          />
        ) : (
          <span />
        )}
        <Button type="submit" size="xs" loading={log.isPending} disabled={!text.trim()}>
          {t('timeline.log')}
        </Button>
      </Group>
    </form>
  )
}
