import { Kbd, Modal, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { type Hotkey, singleKeys, useHotkeyList, useSingleKeys } from '@/shared/hotkeys'

/** The shortcuts that are in force here, as they were registered. */
export function HotkeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const list = useHotkeyList()
  const single = useSingleKeys()
  const own = list.filter(hotkey => hotkey.scope === 'page')
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('hotkeys.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="lg">
        {own.length > 0 && <Keys title={t('hotkeys.page')} list={own} />}
        <Keys title={t('hotkeys.general')} list={list.filter(hotkey => hotkey.scope === 'general')} />
        <Switch
          label={t('hotkeys.single')}
          description={t('hotkeys.singleWhy')}
          checked={single}
          onChange={event => singleKeys.set(event.currentTarget.checked)}
        />
      </Stack>
    </Modal>
  )
}

function Keys({ title, list }: { title: string; list: Hotkey[] }) {
  return (
    <div>
      <Title order={3} size="h4" mb="xs">
        {title}
      </Title>
      <Table verticalSpacing={6} horizontalSpacing={0}>
        <Table.Tbody>
          {list.map(hotkey => (
            <Table.Tr key={`${hotkey.keys} ${hotkey.label}`}>
              <Table.Td>{hotkey.label}</Table.Td>
              <Table.Td ta="right">
                <KeyNames keys={hotkey.keys} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent)
const names: Record<string, string> = {
  mod: mac ? '⌘' : 'Ctrl',
  shift: '⇧',
  alt: mac ? '⌥' : 'Alt',
  enter: '↵',
  escape: 'Esc',
}

function KeyNames({ keys }: { keys: string }) {
  const { t } = useTranslation()
  return keys.split(' ').map((step, nth) => (
    <Fragment key={step}>
      {nth > 0 && (
        <Text span size="sm" c="dimmed" mx={6}>
          {t('hotkeys.andThen')}
        </Text>
      )}
      {step.split('+').map(key => (
        <Kbd key={key} ml={4}>
          {names[key] ?? key.toUpperCase()}
        </Kbd>
      ))}
    </Fragment>
  ))
}
