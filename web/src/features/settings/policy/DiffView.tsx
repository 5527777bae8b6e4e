import { Badge, Button, Group, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { components } from '@/api/schema.gen'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import { useModelText } from '@/shared/useModelText'
import { useModelCollections } from './model'
import type { Diff } from './types'

type Impact = components['schemas']['PolicyImpact']
type Props = { queryKey: unknown[]; read: (after: string | undefined, signal: AbortSignal) => Promise<Diff> }

/** What a change would do: to the rules, and to what each person and their AI may see. */
export function DiffView({ queryKey, read }: Props) {
  const { t } = useTranslation('settings-policy')
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => (last.more ? last.next : undefined),
    gcTime: 0,
  })
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} level={3} />
  if (!query.data) return <LoadingState lines={6} />
  const impacts = query.data.pages.flatMap(page => page.impacts)
  const people = query.data.pages.reduce((sum, page) => sum + page.people, 0)
  return (
    <Stack>
      <Changes changes={query.data.pages[0]?.changes ?? []} />
      <div>
        <Group justify="space-between">
          <Title order={3} size="h4">
            {t('who')}
          </Title>
          <Text size="sm" c="dimmed">
            {t('looked', { count: people })}
          </Text>
        </Group>
        {impacts.length ? (
          <Impacts impacts={impacts} />
        ) : (
          <Text size="sm" c="dimmed" mt="xs">
            {t('nobody')}
          </Text>
        )}
        {query.hasNextPage && (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </div>
    </Stack>
  )
}

const colors: Record<string, string> = { widens: 'orange', narrows: 'teal', alters: 'blue', renames: 'gray' }

function Changes({ changes }: { changes: Diff['changes'] }) {
  const { t } = useTranslation('settings-policy')
  return (
    <div>
      <Title order={3} size="h4">
        {t('what')}
      </Title>
      {changes.length === 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('nothing')}
        </Text>
      )}
      <Stack gap={6} mt="xs" component="ul" m={0} p={0}>
        {changes.map(change => (
          <Group key={change.noun + change.name + change.text} gap="xs" wrap="nowrap" align="start" component="li">
            <Badge color={colors[change.effect] ?? 'gray'} miw={84}>
              {t(`effect.${change.effect as 'widens'}`)}
            </Badge>
            <Text size="sm">
              <strong>{change.name}</strong>: {change.text}
            </Text>
          </Group>
        ))}
      </Stack>
    </div>
  )
}

function Impacts({ impacts }: { impacts: Impact[] }) {
  const { t } = useTranslation('settings-policy')
  const model = useModelText()
  const collections = useModelCollections()
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('person')}</Table.Th>
            <Table.Th>{t('collection')}</Table.Th>
            <Table.Th>{t('records')}</Table.Th>
            <Table.Th>{t('fields')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {impacts.map(impact => {
            const collection = collections.get(impact.collection)
            return (
              <Table.Tr key={[impact.person, impact.employee, impact.ai, impact.collection].join()}>
                <Table.Td>
                  <Text size="sm" fw={500}>
                    {impact.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    <As impact={impact} />
                  </Text>
                </Table.Td>
                <Table.Td>{collection ? model.collection(collection) : impact.collection}</Table.Td>
                <Table.Td>
                  <Counts impact={impact} />
                </Table.Td>
                <Table.Td>
                  <Fields impact={impact} />
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function As({ impact }: { impact: Impact }) {
  const { t } = useTranslation('settings-policy')
  if (!impact.ai) return t('asSelf')
  return impact.employee === 'personal-agent' ? t('asAgent') : t('asEmployee', { name: impact.employee })
}

function Counts({ impact }: { impact: Impact }) {
  const { t } = useTranslation('settings-policy')
  const format = useFormat()
  if (!impact.counted)
    return (
      <Tooltip label={t('uncountedWhy')}>
        <Text size="sm" c="dimmed" tabIndex={0} span>
          {t('uncounted')}
        </Text>
      </Tooltip>
    )
  if (impact.before === impact.after) return format.integer(impact.after)
  return (
    <Text size="sm" fw={500} c={impact.after > impact.before ? 'orange' : 'teal'} component="span">
      {format.integer(impact.before)} → {format.integer(impact.after)}
    </Text>
  )
}

const shown = 6

function Fields({ impact }: { impact: Impact }) {
  const { t } = useTranslation('settings-policy')
  const model = useModelText()
  const collection = useModelCollections().get(impact.collection)
  const title = (name: string) => {
    const field = collection?.fields.find(f => f.name === name)
    return field ? model.field(field) : name
  }
  const named = (fields: { field: string }[]) => {
    const first = fields.slice(0, shown).map(f => title(f.field))
    const rest = fields.length - first.length
    return rest > 0 ? `${first.join(', ')} ${t('andMore', { count: rest })}` : first.join(', ')
  }
  const fields = impact.fields ?? []
  const lines = (['gained', 'lost', 'moreCells', 'fewerCells'] as const).map(kind => ({
    kind,
    fields: fields.filter(f => (f.known ?? (f.after > f.before ? 'moreCells' : 'fewerCells')) === kind),
  }))
  return lines
    .filter(line => line.fields.length)
    .map(line => (
      <Text size="sm" key={line.kind}>
        {t(line.kind, { fields: named(line.fields) })}
      </Text>
    ))
}
