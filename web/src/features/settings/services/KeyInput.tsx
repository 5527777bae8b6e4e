import { Button, Group, Input, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PasswordField } from '@/shared/PasswordField'

type Props = {
  hasKey: boolean
  /** null: as it is; '': none from now on. */
  value: string | null
  onChange: (value: string | null) => void
  /** Whether a text is being typed in the place of a key that is kept. */
  replacing: boolean
  onReplace: (replacing: boolean) => void
  error?: ReactNode
}

/** A key goes in and never comes out: one that is kept is said to be there, and can be replaced or removed. */
export function KeyInput({ hasKey, value, onChange, replacing, onReplace, error }: Props) {
  const { t } = useTranslation(['settings-services', 'common'])
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (replacing) input.current?.focus()
  }, [replacing])
  if (hasKey && !replacing) {
    return (
      <Input.Wrapper label={t('key')} description={t('keyHint')} error={error} labelElement="div">
        <Group gap="xs" mt={6}>
          <IconKey size={16} aria-hidden="true" />
          <Text size="sm">{value === '' ? t('keyGoes') : t('keySet')}</Text>
          {value === '' ? (
            <Button size="compact-sm" variant="default" onClick={() => onChange(null)}>
              {t('keyStay')}
            </Button>
          ) : (
            <>
              <Button size="compact-sm" variant="default" onClick={() => onReplace(true)}>
                {t('keyReplace')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => onChange('')}>
                {t('keyRemove')}
              </Button>
            </>
          )}
        </Group>
      </Input.Wrapper>
    )
  }
  const back = () => {
    onChange(null)
    onReplace(false)
  }
  return (
    <Group align="flex-end" gap="xs">
      <PasswordField
        ref={input}
        flex={1}
        label={hasKey ? t('keyNew') : t('key')}
        description={t('keyHint')}
        placeholder={t('keyNone')}
        autoComplete="off"
        spellCheck={false}
        data-1p-ignore
        data-lpignore="true"
        value={value ?? ''}
        onChange={event => onChange(event.currentTarget.value || null)}
        error={error}
      />
      {hasKey && (
        <Button variant="default" onClick={back}>
          {t('keyStay')}
        </Button>
      )}
    </Group>
  )
}
