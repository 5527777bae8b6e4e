import { Alert, Button, List, Progress, Table, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorAlert } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import { Section } from '@/shared/Section'
import { type CollectionMeta, useCollections } from '@/shared/useCollection'
import { humanize, useModelText } from '@/shared/useModelText'
import { FileProblem, type Report } from './api'
import type { Import } from './useImport'

/** How far the import is, and how it ended. */
export function Outcome({ collection, run: { state } }: { collection: CollectionMeta; run: Import }) {
  const { t } = useTranslation('records')
  const format = useFormat()
  switch (state.kind) {
    case 'idle':
      return null
    case 'running': {
      const percent = state.total > 0 ? Math.round((100 * state.done) / state.total) : 0
      return (
        <Section title={state.dry ? t('import.trying') : t('import.running')}>
          <Progress.Root size="lg">
            <Progress.Section value={percent} aria-label={t('import.running')} />
          </Progress.Root>
          <Text size="sm" c="dimmed" mt="xs" aria-live="polite">
            {t('import.progress', { done: format.integer(state.done), total: format.integer(state.total) })}
          </Text>
        </Section>
      )
    }
    case 'cancelled':
      return <Alert color="gray">{t('import.cancelled')}</Alert>
    case 'failed':
      return state.error instanceof FileProblem ? <Lines problem={state.error} /> : <ErrorAlert error={state.error} />
    case 'report':
      return <Reported collection={collection} report={state.report} />
  }
}

/** What is wrong, by line and column of the file. */
export function Lines({ problem }: { problem: FileProblem }) {
  const { t } = useTranslation('records')
  return (
    <Section title={t('import.wrong')}>
      <Text size="sm" mb="sm" role="alert">
        {t('import.wrongText')}
      </Text>
      <Table aria-label={t('import.wrong')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('import.line')}</Table.Th>
            <Table.Th scope="col">{t('import.column')}</Table.Th>
            <Table.Th scope="col">{t('import.what')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {problem.lines.map(line => (
            <Table.Tr key={`${line.line}${line.column}${line.message}`}>
              <Table.Td>{line.line}</Table.Td>
              <Table.Td>{line.column}</Table.Td>
              <Table.Td>{line.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {problem.more > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('import.moreLines', { count: problem.more })}
        </Text>
      )}
    </Section>
  )
}

function Reported({ collection, report }: { collection: CollectionMeta; report: Report }) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const format = useFormat()
  const all = useCollections()
  const nameOf = (name: string) => {
    const known = all.find(one => one.name === name)
    return known ? model.collection(known) : humanize(name)
  }
  return (
    <Alert
      color="teal"
      role="status"
      icon={<IconCheck size={18} />}
      title={report.dry_run ? t('import.tried') : t('import.imported')}
    >
      <List size="sm">
        <List.Item>{t('import.created', { count: report.created, shown: format.integer(report.created) })}</List.Item>
        <List.Item>{t('import.changed', { count: report.changed, shown: format.integer(report.changed) })}</List.Item>
        <List.Item>
          {t('import.unchanged', { count: report.unchanged, shown: format.integer(report.unchanged) })}
        </List.Item>
        {Object.entries(report.related ?? {}).map(([name, count]) => (
          <List.Item key={name}>
            {t('import.related', { collection: nameOf(name), shown: format.integer(Number(count)) })}
          </List.Item>
        ))}
      </List>
      {!report.dry_run && (
        <Button
          component={Link}
          to="/records/$collection"
          params={{ collection: collection.name } as never}
          variant="default"
          size="xs"
          mt="sm"
        >
          {t('import.show', { collection: nameOf(collection.name) })}
        </Button>
      )}
    </Alert>
  )
}
