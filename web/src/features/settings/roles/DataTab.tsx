import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePolicy } from '../policy/draft'
import { GrantsTable } from '../policy/GrantsTable'
import type { Role } from '../policy/types'
import { useEditRole } from './useRole'

/** Which records and fields the role may view and change. */
export function DataTab({ role }: { role: Role }) {
  const { t } = useTranslation('settings-policy')
  const { document } = usePolicy()
  const edit = useEditRole(role.name)
  const index = document.roles?.findIndex(r => r.name === role.name) ?? -1
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('grants.several')}
      </Text>
      <GrantsTable
        grants={role.grants ?? []}
        path={`roles[${index}].grants`}
        onChange={grants =>
          edit(r => {
            r.grants = grants
          })
        }
      />
    </Stack>
  )
}
