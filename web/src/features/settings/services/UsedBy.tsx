import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import type { Service } from './queries'

/** The AI employees that name the service, and that those which name none use it too if it is the default. */
export function UsedBy({ service }: { service: Service }) {
  const { t } = useTranslation('settings-services')
  const link = mayOpen(useMe(), 'settings/employees', 'policy.manage')
  return (
    <div>
      <Text fw={500} size="sm">
        {t('usedBy')}
      </Text>
      <Text size="sm">
        {service.used_by.map(({ name, title }, n) => (
          <Fragment key={name}>
            {n > 0 && ', '}
            {link ? (
              <Anchor
                component={Link}
                to="/settings/employees/$employee"
                params={{ employee: name } as never}
                size="sm"
                underline="always"
              >
                {title}
              </Anchor>
            ) : (
              title
            )}
          </Fragment>
        ))}
        {service.used_by.length === 0 && t(service.default ? 'usedByDefaultOnly' : 'usedByNobody')}
        {service.used_by.length > 0 && service.default && ` ${t('usedByDefaultToo')}`}
      </Text>
    </div>
  )
}
