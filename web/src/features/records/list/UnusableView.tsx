import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SavedView } from './views'

type Props = {
  view: SavedView
  /** For who may change the view: to save what the page shows in its place. */
  onSave?: () => void
  saving: boolean
  onLeave: () => void
}

/** Says why a view is not shown as it was saved, without naming what is hidden, and what to do. */
export function UnusableView({ view, onSave, saving, onLeave }: Props) {
  const { t } = useTranslation('records-list')
  const owner = view.owner?.name
  const help = view.editable
    ? t('view.unusableMine')
    : typeof owner === 'string'
      ? t('view.unusableOther', { name: owner })
      : t('view.unusableSomebody')
  return (
    <Alert color="yellow" icon={<IconEyeOff size={20} />} title={t('view.unusableTitle')} mb="md" role="status">
      <Stack gap="xs">
        <List size="sm">
          {view.withheld?.map(part => (
            <List.Item key={part}>{t(`view.unusableWhy.${part}`)}</List.Item>
          ))}
        </List>
        <Text size="sm">{help}</Text>
        <Group gap="xs">
          {onSave && (
            <Button size="xs" variant="default" loading={saving} onClick={onSave}>
              {t('view.unusableSave')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={onLeave}>
            {t('view.all')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
