import { Button, Group, Select, Stack, Switch, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/shared/format'
import { Section } from '@/shared/Section'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import { FileProblem, type Preview } from './api'
import { Lines, Outcome } from './Outcome'
import { suggest } from './suggest'
import { useImport } from './useImport'

type Props = { collection: CollectionMeta; file: File; preview: Preview; onBack: () => void }

/** Says which column goes to which field, then tries or imports. */
export function Mapping({ collection, file, preview, onBack }: Props) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const format = useFormat()
  const [map, setMap] = useState<Record<string, string>>(() => suggest(preview, collection.fields))
  const [key, setKey] = useState<string | null>(null)
  const [createMissing, setCreateMissing] = useState(false)
  const run = useImport(collection.name, file)
  const nameOf = (field: string) => {
    const known = collection.field(field)
    return known ? model.field(known) : field
  }
  const fields = preview.fields.map(field => ({ value: field, label: nameOf(field) }))
  const mapped = Object.values(map).filter(Boolean)
  const twice = mapped.filter((field, at) => mapped.indexOf(field) !== at)
  const missing = collection.fields.filter(
    field => field.required && field.creatable && !mapped.includes(field.name) && !key,
  )
  const ready = mapped.length > 0 && twice.length === 0 && missing.length === 0
  // What the preview found holds while each of its columns goes where it goes by its name.
  const asNamed = preview.columns.every(({ column, field }) => !field || map[column] === field)
  const start = (dry: boolean) =>
    run.start({
      map: preview.columns.map(({ column }) => ({ column, field: map[column] ?? '' })),
      key: key ?? undefined,
      create_missing: createMissing,
      dry_run: dry,
    })
  return (
    <Stack gap="lg">
      <Section title={t('import.mapping')}>
        <Text size="sm" c="dimmed" mb="md">
          {t('import.found', { file: file.name, count: preview.lines, shown: format.integer(preview.lines) })}
        </Text>
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="xs" aria-label={t('import.mapping')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('import.column')}</Table.Th>
                <Table.Th scope="col">{t('import.samples')}</Table.Th>
                <Table.Th scope="col">{t('import.field')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.columns.map(({ column }, at) => (
                <Table.Tr key={column}>
                  <Table.Th scope="row" fw={500}>
                    {column}
                  </Table.Th>
                  <Table.Td maw={260}>
                    <Text size="sm" c="dimmed" truncate>
                      {samples(preview, at) || t('import.empty')}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Select
                      aria-label={t('import.fieldFor', { column })}
                      data={fields}
                      value={map[column] || null}
                      onChange={field => setMap({ ...map, [column]: field ?? '' })}
                      error={map[column] && twice.includes(map[column]) ? t('import.twice') : undefined}
                      placeholder={t('import.leaveOut')}
                      searchable
                      clearable
                      clearButtonProps={{ 'aria-label': t('import.leaveOut') }}
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        {missing.length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)" mt="sm">
            {t('import.missing', { fields: missing.map(field => model.field(field)).join(', ') })}
          </Text>
        )}
      </Section>
      <Section title={t('import.options')}>
        <Stack>
          <Select
            label={t('import.key')}
            description={t('import.keyHint')}
            data={preview.keys.filter(one => mapped.includes(one)).map(one => ({ value: one, label: nameOf(one) }))}
            value={key}
            onChange={setKey}
            placeholder={t('import.noKey')}
            clearable
            clearButtonProps={{ 'aria-label': t('import.noKey') }}
          />
          <Switch
            label={t('import.createMissing')}
            description={t('import.createMissingHint')}
            checked={createMissing}
            onChange={event => setCreateMissing(event.currentTarget.checked)}
          />
        </Stack>
      </Section>
      {asNamed && preview.problems.length > 0 && run.state.kind === 'idle' && (
        <Lines problem={new FileProblem('', preview.problems, preview.more_problems ?? 0)} />
      )}
      <Outcome collection={collection} run={run} />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack} disabled={run.running}>
          {t('import.otherFile')}
        </Button>
        {!run.imported && (
          <Group gap="xs">
            {run.running ? (
              <Button variant="default" onClick={run.cancel}>
                {t('import.cancel')}
              </Button>
            ) : (
              <>
                <Button variant="default" disabled={!ready} onClick={() => start(true)}>
                  {t('import.try')}
                </Button>
                <Button disabled={!ready} onClick={() => start(false)}>
                  {t('import.run', { count: preview.lines, shown: format.integer(preview.lines) })}
                </Button>
              </>
            )}
          </Group>
        )}
      </Group>
    </Stack>
  )
}

const samples = (preview: Preview, at: number): string =>
  [...new Set(preview.rows.map(row => row?.[at]).filter(Boolean))].slice(0, 3).join(' · ')
