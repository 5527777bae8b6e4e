import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Stack, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconColumns3 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Field } from '@/api/types'
import type { CollectionMeta } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'

type Props = {
  collection: CollectionMeta
  columns: Field[]
  /** None: as by default. */
  onChange: (columns: string[] | undefined) => void
}

/** Which columns the table has, and in which order. */
export function ColumnsMenu({ collection, columns, onChange }: Props) {
  const { t } = useTranslation('records-list')
  const model = useModelText()
  const names = columns.map(field => field.name)
  const others = collection.fields.filter(field => !names.includes(field.name))
  const move = (at: number, by: number) => {
    const next = [...names]
    const [moved] = next.splice(at, 1)
    if (moved) next.splice(at + by, 0, moved)
    onChange(next)
  }
  return (
    <Popover position="bottom-end" width={300} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />}>
          {t('columns.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('columns.title')} px={0}>
        <ScrollArea.Autosize mah={420} px="md" viewportProps={{ tabIndex: 0 }}>
          <Stack gap={6}>
            {columns.map((field, at) => (
              <Group key={field.name} justify="space-between" wrap="nowrap">
                <Checkbox
                  label={model.field(field)}
                  checked
                  disabled={columns.length === 1}
                  onChange={() => onChange(names.filter(name => name !== field.name))}
                />
                <Group gap={2} wrap="nowrap">
                  <ActionIcon
                    aria-label={t('columns.earlier', { name: model.field(field) })}
                    disabled={at === 0}
                    onClick={() => move(at, -1)}
                  >
                    <IconArrowUp size={14} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t('columns.later', { name: model.field(field) })}
                    disabled={at === columns.length - 1}
                    onClick={() => move(at, 1)}
                  >
                    <IconArrowDown size={14} />
                  </ActionIcon>
                </Group>
              </Group>
            ))}
            {others.length > 0 && (
              <Text size="xs" c="dimmed" mt="xs">
                {t('columns.more')}
              </Text>
            )}
            {others.map(field => (
              <Checkbox
                key={field.name}
                label={model.field(field)}
                checked={false}
                onChange={() => onChange([...names, field.name])}
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Group px="md" mt="sm">
          <Button variant="subtle" size="xs" onClick={() => onChange(undefined)}>
            {t('columns.reset')}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  )
}
