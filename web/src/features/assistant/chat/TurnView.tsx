import { ActionIcon, Alert, Button, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Employee } from '@/api/types'
import { EmployeeAvatar } from '@/shared/EmployeeAvatar'
import { Answer } from '../answer/Answer'
import { visible } from '../answer/text'
import { ChartCard } from '../charts/ChartCard'
import { Trace } from '../trace/Trace'
import type { Turn } from '../turns/types'
import classes from './Chat.module.css'
import { Ending, Source, WithheldNote } from './Ending'
import { Rating } from './Rating'

type Props = {
  conversation: string
  turn: Turn
  employee?: Employee
  title: string
  /** The person's own conversation: it can be rated. */
  own: boolean
  /** The last turn, which can be answered once more and has follow-ups. */
  onRetry?: () => void
  onAsk?: (question: string) => void
}

/** A question with its answer, how it came about, and what can be done with it. */
export function TurnView({ conversation, turn, employee, title, own, onRetry, onAsk }: Props) {
  const { t } = useTranslation('assistant')
  const took = turn.ended_at ? new Date(turn.ended_at).getTime() - new Date(turn.started_at).getTime() : undefined
  return (
    <li className={turn.replaced ? classes.replaced : undefined}>
      {turn.replaced ? (
        <Text size="xs" c="dimmed" mb={4}>
          {t('turn.earlier')}
        </Text>
      ) : (
        <Question text={turn.question} />
      )}
      <Who employee={employee} title={title} />
      <Trace calls={turn.calls} took={took} />
      {turn.withheld && <WithheldNote reason={turn.withheld.reason} />}
      {turn.charts?.map(chart => (
        <ChartCard key={chart.id} chart={chart} calls={turn.calls} />
      ))}
      {turn.answer && <Answer text={turn.answer} />}
      {turn.unsupported && turn.unsupported.length > 0 && (
        <Alert color="orange" icon={<IconAlertTriangle size={16} />} mt="xs" role="note">
          {t('turn.unsupported', { figures: visible(turn.unsupported.join(', ')) })}
        </Alert>
      )}
      <Ending turn={turn} mayRetry={!!onRetry} />
      {!/offline planner/.test(turn.answer) && <Source turn={turn} />}
      <div className={classes.tools}>
        {turn.answer && <CopyAnswer text={turn.answer} />}
        {onRetry && (
          <Tooltip label={t('turn.retry')}>
            <ActionIcon aria-label={t('turn.retry')} onClick={onRetry}>
              <IconRefresh size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        {own && !turn.withheld && <Rating conversation={conversation} turn={turn} />}
      </div>
      {onAsk && turn.follow_ups && turn.follow_ups.length > 0 && (
        <Group className={classes.followUps} role="group" aria-label={t('turn.followUps')}>
          {turn.follow_ups.map(question => (
            <Button key={question} size="compact-sm" variant="default" radius="xl" onClick={() => onAsk(question)}>
              {visible(question)}
            </Button>
          ))}
        </Group>
      )}
    </li>
  )
}

export function Question({ text }: { text: string }) {
  const { t } = useTranslation('assistant')
  return (
    <div className={classes.question} dir="auto">
      {text ? visible(text) : <em>{t('turn.questionHidden')}</em>}
    </div>
  )
}

export function Who({ employee, title, children }: { employee?: Employee; title: string; children?: ReactNode }) {
  return (
    <div className={classes.who}>
      <EmployeeAvatar employee={employee} size={24} />
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {children}
    </div>
  )
}

function CopyAnswer({ text }: { text: string }) {
  const { t } = useTranslation('assistant')
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('turn.copied') : t('turn.copy')}>
          <ActionIcon aria-label={copied ? t('turn.copied') : t('turn.copy')} onClick={copy}>
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
