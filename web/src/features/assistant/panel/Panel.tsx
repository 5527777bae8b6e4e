import { ActionIcon, Text, Tooltip } from '@mantine/core'
import { type Icon, IconArrowsDiagonal, IconHistory, IconPlus, IconX } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import { dock, useDock } from '@/shared/dock/dock'
import { visible } from '../answer/text'
import { Chat, isGone } from '../chat/Chat'
import { type OnScreen, useScreen } from '../chat/useScreen'
import { conversationQuery } from '../turns/queries'
import { ask } from '../turns/runs'
import { History } from './History'
import { remember, remembered } from './memory'
import classes from './Panel.module.css'
import { Start } from './Start'

type View = { at: 'start'; question?: string } | { at: 'history' } | { at: 'conversation'; id: string }

/** The AI employees at the right of every page. */
export default function Panel() {
  const { t } = useTranslation(['assistant', 'common'])
  const me = useMe()
  const router = useRouter()
  const on = useScreen()
  const { view, show, employee, setEmployee, begin } = usePanel(on)
  const current = useQuery({
    ...conversationQuery(view.at === 'conversation' ? view.id : ''),
    enabled: view.at === 'conversation',
  })
  const gone = view.at === 'conversation' && isGone(current.error)
  useEffect(() => {
    if (gone) show({ at: 'start' })
  }, [gone, show])

  const title =
    view.at === 'history' ? t('panel.history') : view.at === 'conversation' ? current.data?.title : undefined
  const openFull = () => {
    if (view.at !== 'conversation') return
    dock.close()
    void router.navigate({ to: '/conversations/$id', params: { id: view.id } })
  }
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <Text component="h2" fw={600} truncate className={classes.title}>
          {title ? visible(title) : t('common:top.assistant')}
        </Text>
        {view.at !== 'start' && <Tool icon={IconPlus} label={t('panel.new')} onClick={() => show({ at: 'start' })} />}
        {view.at !== 'history' && (
          <Tool icon={IconHistory} label={t('panel.history')} onClick={() => show({ at: 'history' })} />
        )}
        {view.at === 'conversation' && mayOpen(me, 'conversations') && (
          <Tool icon={IconArrowsDiagonal} label={t('panel.full')} onClick={openFull} />
        )}
        <Tool icon={IconX} label={t('panel.close')} onClick={dock.close} />
      </div>
      {view.at === 'history' && <History onChoose={id => show({ at: 'conversation', id })} />}
      {view.at === 'conversation' && <Chat key={view.id} id={view.id} autoFocus />}
      {view.at === 'start' && (
        <Start
          key={view.question}
          employee={me.employees.find(e => e.name === employee) ?? me.employees[0]}
          onEmployee={setEmployee}
          on={on}
          error={begin.error}
          first={view.question}
          onBegin={start => begin.mutate({ ...start, employee })}
        />
      )}
    </div>
  )
}

/** What the panel shows, and how it is begun: by hand, by a task's button, by another screen. */
function usePanel(on: OnScreen) {
  const me = useMe()
  const { request } = useDock()
  const [view, setView] = useState<View>(() => {
    const id = remembered(me.id)
    return id ? { at: 'conversation', id } : { at: 'start' }
  })
  const [employee, setEmployee] = useState(
    () => (me.employees.find(e => e.name === 'viz') ?? me.employees[0])?.name ?? '',
  )
  const show = useCallback(
    (next: View) => {
      setView(next)
      if (next.at !== 'history') remember(me.id, next.at === 'conversation' ? next.id : undefined)
    },
    [me.id],
  )
  const begin = useMutation({
    mutationFn: ({ employee, task }: { employee: string; task?: string; question: string }) =>
      body(api.POST('/api/conversations', { body: { employee, task } })),
    onSuccess: (made, { question, task, employee: by }) => {
      // A task without a question of its own waits for one.
      const own = me.employees.find(e => e.name === by)?.tasks.find(other => other.name === task)?.question
      if (question || own) ask(made.id, question || own || '', on.screen)
      show({ at: 'conversation', id: made.id })
    },
  })
  const { mutate } = begin
  // A request is taken up with what is on the page then.
  useEffect(() => {
    if (!request) return
    dock.taken()
    if (request.employee) setEmployee(request.employee)
    const by = request.employee ?? employee
    if (request.conversation) show({ at: 'conversation', id: request.conversation })
    else if (request.task) mutate({ employee: by, task: request.task, question: request.question ?? '' })
    else show({ at: 'start', question: request.question })
  }, [request, employee, mutate, show])
  return { view, show, employee, setEmployee, begin }
}

function Tool({ icon: Shown, label, onClick }: { icon: Icon; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Shown size={18} />
      </ActionIcon>
    </Tooltip>
  )
}
