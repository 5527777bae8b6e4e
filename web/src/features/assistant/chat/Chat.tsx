import { Box } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { isProblem } from '@/api/problem'
import { meQuery } from '@/api/queries'
import { useMe } from '@/app/useMe'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { humanize } from '@/shared/useModelText'
import { useNotify } from '@/shared/useNotify'
import { conversationQuery } from '../turns/queries'
import { ask, dismiss, follow, retry, stopping, useRun } from '../turns/runs'
import type { Screen, Turn } from '../turns/types'
import classes from './Chat.module.css'
import { Composer } from './Composer'
import { ContextChips } from './ContextChips'
import { RunView } from './RunView'
import { TurnView } from './TurnView'
import { useScreen } from './useScreen'

/** How often the page asks whether the AI employee is still available, while a conversation with it is open. */
const glance = 5_000

/** A conversation: its turns, the one that is arriving, and where the next question is written. */
export function Chat({ id, autoFocus, notice }: { id: string; autoFocus?: boolean; notice?: ReactNode }) {
  const { t } = useTranslation('assistant')
  const me = useMe()
  const notify = useNotify()
  const query = useQuery(conversationQuery(id))
  const run = useRun(id)
  const on = useScreen()
  const [text, setText] = useState('')
  const [shy, setShy] = useState(false)
  useQuery({ ...meQuery, refetchInterval: glance })
  const conversation = query.data
  const turns = conversation?.turns ?? []
  const employee = me.employees.find(e => e.name === conversation?.employee)
  const title = employee?.title ?? (conversation ? humanize(conversation.employee) : '')
  const under = turns.find(turn => turn.state === 'running')
  const own = conversation !== undefined && !conversation.shared

  // A turn that is under way: after a reload, or asked in another tab.
  useEffect(() => {
    if (under && !run) follow(id, under)
  }, [id, under, run])

  // What may be read changes with what is available.
  const available = employee !== undefined
  const before = useRef(available)
  const { refetch } = query
  useEffect(() => {
    if (before.current !== available) void refetch()
    before.current = available
  }, [available, refetch])

  // The page may show what the AI employee must not know: then the question goes without it.
  useEffect(() => {
    if (!run?.refused?.field?.startsWith('context')) return
    setShy(true)
    dismiss(id)
    ask(id, run.question)
  }, [id, run])

  const send = (question: string, screen?: Screen) => {
    setText('')
    ask(id, question, screen ?? on.screen)
  }
  const stop = async () => {
    const turn = run?.turn
    if (!turn) return
    stopping(id)
    await api
      .POST('/api/conversations/{id}/turns/{turn}/stop', { params: { path: { id, turn } } })
      .catch(notify.problem)
  }
  const again = () => {
    if (!run) return
    dismiss(id)
    ask(id, run.question, on.screen)
  }

  if (query.isError && !conversation) return <ErrorState error={query.error} retry={() => void refetch()} level={2} />
  if (!conversation) {
    return (
      <div className={classes.scroll}>
        <LoadingState lines={4} />
      </div>
    )
  }
  const shown = turns.filter(turn => turn.state === 'ended' && turn.id !== run?.turn)
  const last = shown.at(-1)
  const mayAsk = own && available
  const idle = !run
  return (
    <div className={classes.chat}>
      <Scroller at={`${shown.length} ${run?.progress.text.length ?? ''} ${run?.progress.calls.length ?? ''}`}>
        {notice}
        <ol className={classes.turns}>
          {shown.map(turn => (
            <TurnView
              key={turn.id}
              conversation={id}
              turn={turn}
              employee={employee}
              title={title}
              own={own}
              onRetry={mayAsk && idle && turn === last ? () => retry(id, turn) : undefined}
              onAsk={mayAsk && idle && turn === last ? send : undefined}
            />
          ))}
          {run && <RunView run={run} employee={employee} title={title} onAgain={again} onDismiss={() => dismiss(id)} />}
        </ol>
      </Scroller>
      <div className={classes.foot}>
        <Composer
          name={title}
          text={text}
          onText={setText}
          onSend={() => send(text.trim())}
          onStop={run && !run.refused ? () => void stop() : undefined}
          stopping={run?.stopping}
          closed={closedBy(conversation.shared ? conversation.owner.name : undefined, available, title)}
          autoFocus={autoFocus}
        >
          {shy && <p className={classes.shy}>{t('context.without', { name: title })}</p>}
          <ContextChips on={on} name={title} />
        </Composer>
        <Announcer turn={last} busy={!!run && !run.refused} title={title} />
      </div>
    </div>
  )

  function closedBy(owner: string | undefined, there: boolean, name: string): ReactNode {
    if (owner) return t('composer.shared', { name: owner })
    return there ? undefined : t('composer.unavailable', { name })
  }
}

/** Stays at the end while text arrives, unless the person has scrolled up. */
function Scroller({ at, children }: { at: string; children: ReactNode }) {
  const { t } = useTranslation('assistant')
  const box = useRef<HTMLDivElement>(null)
  const held = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something has arrived
  useEffect(() => {
    if (held.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [at])
  // What is loaded later, a chart, makes room for itself.
  useEffect(() => {
    const follow = new ResizeObserver(() => {
      if (held.current && box.current) box.current.scrollTop = box.current.scrollHeight
    })
    for (const child of box.current?.children ?? []) follow.observe(child)
    return () => follow.disconnect()
  }, [])
  const top = useRef(0)
  // Only going up is leaving the end: what comes below moves the end, not the person.
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {}
    if (scrollHeight - scrollTop - clientHeight < 48) held.current = true
    else if (scrollTop < top.current) held.current = false
    top.current = scrollTop
  }
  return (
    <Box
      role="group"
      className={classes.scroll}
      ref={box}
      onScroll={onScroll}
      tabIndex={0}
      aria-label={t('panel.conversation')}
    >
      {children}
    </Box>
  )
}

/** Tells screen readers when an answer begins and when it is there, without reading every piece. */
function Announcer({ turn, busy, title }: { turn?: Turn; busy: boolean; title: string }) {
  const { t } = useTranslation('assistant')
  const was = useRef(busy)
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (was.current && !busy && turn) setSaid(t('turn.ready', { name: title }))
    if (!was.current && busy) setSaid(t('turn.answering', { name: title }))
    was.current = busy
  }, [busy, turn, title, t])
  return (
    <span className={classes.unseen} role="status">
      {said}
    </span>
  )
}

/** A conversation that is gone, or was never the person's. */
export const isGone = (error: unknown) => isProblem(error, 'not_found')
