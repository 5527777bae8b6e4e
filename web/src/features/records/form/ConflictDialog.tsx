import { Alert, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Row, Value } from '@/api/types'
import { FieldValue } from '@/shared/FieldValue'
import { useModelText } from '@/shared/useModelText'
import classes from './ConflictDialog.module.css'
import { RelationName } from './RelationName'
import type { Difference, Values } from './values'

type Props = {
  differences: Difference[]
  base: Row
  theirs: Row
  /** What one has changed oneself. */
  changes: Values
  /** What is to be saved; null to edit on. */
  onAnswer: (values: Values | null) => void
}

/** Somebody else has saved in the meantime: shows what differs, and lets one choose for each field. */
export function ConflictDialog({ differences, base, theirs, changes, onAnswer }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const [kept, setKept] = useState<Record<string, 'mine' | 'theirs'>>({})
  const both = differences.filter(one => one.both)
  const others = differences.filter(one => !one.both)
  const save = () => {
    const values = { ...changes }
    for (const { field } of both) if (kept[field.name] === 'theirs') delete values[field.name]
    onAnswer(values)
  }
  return (
    <Modal
      opened
      size="xl"
      onClose={() => onAnswer(null)}
      title={t('conflict.title')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <Stack>
        <Text size="sm">{both.length > 0 ? t('conflict.text') : t('conflict.apart')}</Text>
        {both.map(({ field, mine, theirs: other }) => (
          <Radio.Group
            key={field.name}
            label={model.field(field)}
            value={kept[field.name] ?? 'mine'}
            onChange={which => setKept({ ...kept, [field.name]: which === 'theirs' ? 'theirs' : 'mine' })}
          >
            <Group grow align="stretch" mt={4} className={classes.pair}>
              <Radio.Card value="mine" p="sm" aria-label={t('conflict.mineOf', { field: model.field(field) })}>
                <Choice label={t('conflict.mine')}>
                  <Side difference={{ field, value: mine }} record={base} />
                </Choice>
              </Radio.Card>
              <Radio.Card value="theirs" p="sm" aria-label={t('conflict.theirsOf', { field: model.field(field) })}>
                <Choice label={t('conflict.theirs')}>
                  <Side difference={{ field, value: other }} record={theirs} />
                </Choice>
              </Radio.Card>
            </Group>
          </Radio.Group>
        ))}
        {others.length > 0 && (
          <Alert color="gray" title={t('conflict.others')}>
            {others.map(({ field, theirs: other }) => (
              <div key={field.name}>
                {model.field(field)}: <Side difference={{ field, value: other }} record={theirs} />
              </div>
            ))}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onAnswer(null)}>
            {t('conflict.back')}
          </Button>
          <Button onClick={save}>{t('conflict.save')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Group wrap="nowrap" align="flex-start">
      <Radio.Indicator />
      <div>
        <Text size="xs" c="dimmed">
          {label}
        </Text>
        {children}
      </div>
    </Group>
  )
}

type SideProps = { difference: { field: Difference['field']; value: Value }; record: Row }

/** A value on one side. What a relation leads to may have to be asked for. */
function Side({ difference: { field, value }, record }: SideProps) {
  if (field.type === 'relation' && value) return <RelationName collection={field.target ?? ''} id={String(value)} />
  return <FieldValue field={field} record={{ ...record, [field.name]: value }} full />
}
