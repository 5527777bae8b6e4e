import { ActionIcon, Textarea, Tooltip } from '@mantine/core'
import { IconArrowUp, IconPlayerStopFilled } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Chat.module.css'

type Props = {
  name: string
  text: string
  onText: (text: string) => void
  onSend: () => void
  /** Given while an answer is under way. */
  onStop?: () => void
  stopping?: boolean
  /** Why nothing can be asked. */
  closed?: ReactNode
  children?: ReactNode
  autoFocus?: boolean
}

/** Where questions are written. Enter sends, Shift and Enter begin a line. */
export function Composer({ name, text, onText, onSend, onStop, stopping, closed, children, autoFocus }: Props) {
  const { t } = useTranslation('assistant')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (autoFocus) field.current?.focus({ preventScroll: true })
  }, [autoFocus])
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    if (text.trim() && !onStop) onSend()
  }
  if (closed) {
    return (
      <div className={classes.closed} role="status">
        {closed}
      </div>
    )
  }
  return (
    <div className={classes.composer}>
      {children}
      <div className={classes.write}>
        <Textarea
          ref={field}
          className={classes.field}
          aria-label={t('composer.label')}
          placeholder={t('composer.placeholder', { name })}
          value={text}
          onChange={event => onText(event.currentTarget.value)}
          onKeyDown={onKey}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={4000}
        />
        {onStop ? (
          <Tooltip label={stopping ? t('composer.stopping') : t('composer.stop')}>
            <ActionIcon
              size={36}
              variant="filled"
              color="gray"
              aria-label={t('composer.stop')}
              loading={stopping}
              onClick={onStop}
            >
              <IconPlayerStopFilled size={16} />
            </ActionIcon>
          </Tooltip>
        ) : (
          <Tooltip label={t('composer.keys')}>
            <ActionIcon
              size={36}
              variant="filled"
              color="remit"
              aria-label={t('composer.send')}
              aria-disabled={!text.trim() || undefined}
              data-disabled={!text.trim() || undefined}
              onClick={() => text.trim() && onSend()}
            >
              <IconArrowUp size={18} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  )
}
