import { Badge, Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { humanize } from '@/shared/useModelText'
import { useNotify } from '@/shared/useNotify'
import { type Difference, differences, overlap, rebased } from './document'
import { usePolicy } from './draft'

type Props = { opened: boolean; onClose: () => void }

/** What somebody else has saved meanwhile, beside one's own changes. */
export function ConflictDialog({ opened, onClose }: Props) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="xl"
      title={t('theirs')}
      closeButtonProps={{ 'aria-label': tc('action.close') }}
    >
      {opened && <Conflict onClose={onClose} />}
    </Modal>
  )
}

function Conflict({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings-policy')
  const notify = useNotify()
  const { base, held, document, changes, rebase, discard } = usePolicy()
  const theirs = differences(base.document, held.document)
  const both = (d: Difference, others: Difference[]) => others.some(other => overlap(d, other))
  const keep = () => {
    rebase(held, rebased(base.document, document, held.document))
    notify.done(t('kept'))
    onClose()
  }
  const drop = () => {
    discard()
    onClose()
  }
  return (
    <Stack>
      <Text size="sm">{t('theirsText')}</Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Differences title={t('theirsList')} list={theirs} marked={d => both(d, changes)} />
        <Differences title={t('mineList')} list={changes} marked={d => both(d, theirs)} />
      </SimpleGrid>
      {changes.some(d => both(d, theirs)) && <Text size="sm">{t('bothText')}</Text>}
      <Group justify="flex-end">
        <Button variant="default" onClick={drop}>
          {t('drop')}
        </Button>
        <Button onClick={keep}>{t('keep')}</Button>
      </Group>
    </Stack>
  )
}

type ListProps = { title: string; list: Difference[]; marked: (d: Difference) => boolean }

function Differences({ title, list, marked }: ListProps) {
  const { t } = useTranslation('settings-policy')
  return (
    <div>
      <Title order={3} size="h4" mb="xs">
        {title}
      </Title>
      {list.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('nothing')}
        </Text>
      )}
      <Stack gap={4} component="ul" m={0} p={0}>
        {list.map(d => (
          <Group key={d.noun + d.key + d.property} gap={6} component="li">
            <Text size="sm">
              {t(`noun.${d.noun}`)} <strong>{d.key}</strong>:{' '}
              {d.kind === 'changed' ? humanize(d.property ?? '') : t(d.kind)}
            </Text>
            {marked(d) && <Badge color="orange">{t('both')}</Badge>}
          </Group>
        ))}
      </Stack>
    </div>
  )
}
