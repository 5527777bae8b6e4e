import { ActionIcon, CloseButton, Group, Popover, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCalendar } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLoaded } from '../useLoaded'
import { isComplete, readDate } from './readDate'

const loadMonth = () => import('./Month')

type Props = {
  /** `2026-01-31`, with a time `2026-01-31 09:30:00`; null is none. */
  value: string | null
  onChange: (value: string | null) => void
  withTime?: boolean
  clearable?: boolean
  /** What the clear button is called, where there are several. */
  clearLabel?: string
  /** The first day that can be chosen. */
  minDate?: string
  label?: ReactNode
  'aria-label'?: string
  description?: ReactNode
  error?: ReactNode
  placeholder?: string
  disabled?: boolean
  required?: boolean
  size?: 'xs' | 'sm'
  className?: string
  maw?: number
  'data-autofocus'?: true
  /** False inside of what traps the focus. */
  withinPortal?: boolean
}

/** A day, typed or taken from a calendar, which is loaded when it is opened. */
export function DateInput({
  value,
  onChange,
  withTime,
  clearable,
  clearLabel,
  minDate,
  withinPortal,
  ...input
}: Props) {
  const { t } = useTranslation()
  const [opened, open] = useDisclosure()
  const [month, want] = useLoaded(loadMonth)
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState(false)
  const shown = value?.slice(0, withTime ? 16 : 10) ?? ''
  const name = typeof input.label === 'string' ? input.label : input['aria-label']
  const take = (text: string) => {
    const next = readDate(text, withTime)
    if (next !== undefined && next !== value && (next !== null || clearable)) onChange(next)
  }
  const type = (text: string) => {
    setTyped(text)
    setWrong(false)
    if (text === '' || isComplete(text)) take(text)
  }
  const settle = () => {
    if (typed === null) return
    take(typed)
    const unread = readDate(typed, withTime) === undefined
    setWrong(unread)
    if (!unread) setTyped(null)
  }
  const choose = (day: string) => {
    setTyped(null)
    setWrong(false)
    onChange(withTime ? `${day} ${value?.slice(11, 19) || '00:00:00'}` : day)
    open.close()
  }
  const off = input.disabled
  return (
    <Popover
      opened={opened}
      onChange={next => !next && open.close()}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
      withRoles={false} // the button tells of it, not the input
      withinPortal={withinPortal}
    >
      <Popover.Target>
        <TextInput
          {...input}
          value={typed ?? shown}
          placeholder={input.placeholder ?? (withTime ? t('date.formatTime') : t('date.format'))}
          onChange={event => type(event.currentTarget.value)}
          onBlur={settle}
          onKeyDown={event => event.key === 'Enter' && settle()}
          error={input.error ?? (wrong ? t('date.wrong') : undefined)}
          autoComplete="off"
          rightSectionWidth={clearable && shown && !off ? 60 : 34}
          rightSection={
            <Group gap={0} wrap="nowrap">
              {clearable && shown && !off && (
                <CloseButton size={26} aria-label={clearLabel ?? t('action.clear')} onClick={() => type('')} />
              )}
              <ActionIcon
                size={26}
                color="gray"
                disabled={off}
                aria-label={name ? t('date.openOf', { name }) : t('date.open')}
                aria-expanded={opened}
                onClick={() => (opened ? open.close() : void want().then(open.open))}
              >
                <IconCalendar size={16} />
              </ActionIcon>
            </Group>
          }
        />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={name ? t('date.openOf', { name }) : t('date.open')}>
        {month && <month.default value={value?.slice(0, 10) ?? null} minDate={minDate} onChange={choose} />}
      </Popover.Dropdown>
    </Popover>
  )
}
