import { ActionIcon, CopyButton, TextInput, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Secret.module.css'

type Props = { label: string; value: string; description?: ReactNode; focus?: boolean }

/** A text to be copied whole: a password or a token that is shown once, a command. */
export function Secret({ label, value, description, focus }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  // The form that it takes the place of had the focus.
  useEffect(() => {
    if (focus) input.current?.focus()
  }, [focus])
  return (
    <TextInput
      ref={input}
      label={label}
      description={description}
      value={value}
      readOnly
      data-autofocus={focus || undefined}
      classNames={{ input: classes.secret }}
      onFocus={event => event.currentTarget.select()}
      rightSection={
        <CopyButton value={value}>
          {({ copied, copy }) => {
            const name = copied ? t('action.copied') : t('action.copyOf', { what: label })
            return (
              <Tooltip label={name}>
                <ActionIcon onClick={copy} aria-label={name} color={copied ? 'teal' : 'gray'}>
                  {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                </ActionIcon>
              </Tooltip>
            )
          }}
        </CopyButton>
      }
    />
  )
}
