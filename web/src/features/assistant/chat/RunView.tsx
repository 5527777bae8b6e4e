import { Alert, Button, Group, Loader, Text } from '@mantine/core'
import { IconAlertCircle, IconPlugConnectedX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import type { Employee } from '@/api/types'
import { Answer } from '../answer/Answer'
import { ChartCard } from '../charts/ChartCard'
import { Trace } from '../trace/Trace'
import type { Run } from '../turns/runs'
import { Source } from './Ending'
import { Question, Who } from './TurnView'

type Props = { run: Run; employee?: Employee; title: string; onAgain: () => void; onDismiss: () => void }

/** A turn while it is being answered: each piece as it arrives. */
export function RunView({ run, employee, title, onAgain, onDismiss }: Props) {
  const { t } = useTranslation(['assistant', 'common'])
  const { progress } = run
  const waiting = !progress.text && !progress.calls.some(call => call.pending)
  return (
    <li>
      {run.question && <Question text={run.question} />}
      {run.refused ? (
        <Alert color="red" role="alert" icon={<IconAlertCircle size={18} />} title={t('turn.refused')}>
          {isProblem(run.refused, 'offline') ? t('common:error.offline') : sentence(run.refused)}
          <Group gap="xs" mt="xs">
            <Button size="compact-sm" variant="default" onClick={onAgain}>
              {t('turn.ask')}
            </Button>
            <Button size="compact-sm" variant="subtle" onClick={onDismiss}>
              {t('turn.dismiss')}
            </Button>
          </Group>
        </Alert>
      ) : (
        <section aria-label={t('turn.answering', { name: title })} aria-busy="false">
          <Who employee={employee} title={title}>
            {waiting && !run.lost && (
              <>
                <Loader size={12} aria-hidden="true" />
                <Text size="sm" c="dimmed">
                  {t('turn.thinking')}
                </Text>
              </>
            )}
          </Who>
          <Trace calls={progress.calls} running />
          {progress.charts.map(chart => (
            <ChartCard key={chart.id} chart={chart} calls={progress.calls} />
          ))}
          {progress.text && <Answer text={progress.text} />}
          {run.lost && (
            <Text size="sm" c="dimmed" role="status">
              <IconPlugConnectedX size={14} aria-hidden="true" /> {t('turn.lost')}
            </Text>
          )}
          {progress.started && <Source turn={progress.started} />}
        </section>
      )}
    </li>
  )
}
