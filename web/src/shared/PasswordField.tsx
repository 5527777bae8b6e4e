import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'

/** An input for a password, whose button to show it is named in the person's language and reached by keyboard. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useTranslation()
  const [visible, { toggle }] = useDisclosure(false)
  return (
    <PasswordInput
      {...props}
      visible={visible}
      onVisibilityChange={toggle}
      visibilityToggleButtonProps={{
        'aria-label': t(visible ? 'action.hidePassword' : 'action.showPassword'),
        tabIndex: 0,
      }}
    />
  )
}
