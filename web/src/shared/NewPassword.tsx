import { List, ThemeIcon } from '@mantine/core'
import { IconCheck, IconPoint } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { PasswordField } from './PasswordField'

/** As the server counts, which looks at much more: see data/directory. */
export const minPassword = 12

const length = (password: string) => [...password].length

type Field = { value: string; onChange: (value: string) => void; error?: ReactNode }

/** What the server says of a password while it is typed; undefined while it has not said it. */
export type Verdict = { good: boolean; text: string } | undefined

type Props = { password: Field; again: Field; autoFocus?: boolean; verdict?: Verdict }

/** A new password, twice, with what is asked of it. The server says what else is wrong with it. */
export function NewPassword({ password, again, autoFocus, verdict }: Props) {
  const { t } = useTranslation('account')
  const rules = [
    { text: t('ruleLength', { count: minPassword }), met: length(password.value) >= minPassword },
    ...(verdict ? [{ text: verdict.text, met: verdict.good }] : []),
    { text: t('ruleSame'), met: password.value !== '' && password.value === again.value },
  ]
  return (
    <>
      <PasswordField
        label={t('newPassword')}
        description={t('ruleWords')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        data-autofocus={autoFocus || undefined}
        value={password.value}
        onChange={event => password.onChange(event.currentTarget.value)}
        error={password.error}
      />
      <PasswordField
        label={t('again')}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={again.value}
        onChange={event => again.onChange(event.currentTarget.value)}
        error={again.error}
      />
      <List size="sm" spacing={4} center aria-label={t('rules')} aria-live="polite">
        {rules.map(({ text, met }) => (
          <List.Item
            key={text}
            icon={
              <ThemeIcon size={18} radius="xl" variant="light" color={met ? 'teal' : 'gray'}>
                {met ? <IconCheck size={12} aria-label={t('ruleMet')} /> : <IconPoint size={12} aria-hidden="true" />}
              </ThemeIcon>
            }
          >
            {text}
          </List.Item>
        ))}
      </List>
    </>
  )
}

/** What can be said of a new password before it is sent. */
export function passwordErrors(password: string, again: string): 'short' | 'different' | null {
  if (length(password) < minPassword) return 'short'
  return password === again ? null : 'different'
}
