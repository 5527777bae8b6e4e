import { ActionIcon } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ScopesDialog } from './ScopesDialog'
import type { ModelCollection } from './types'

type Props = { collection: ModelCollection; title: string }

/** Opens the named filters of a collection. */
export function ScopesButton({ collection, title }: Props) {
  const { t } = useTranslation('settings-policy')
  const [open, setOpen] = useState(false)
  return (
    <>
      <ActionIcon aria-label={t('scopes.manageOf', { collection: title })} onClick={() => setOpen(true)}>
        <IconFilter size={16} />
      </ActionIcon>
      <ScopesDialog opened={open} onClose={() => setOpen(false)} collection={collection} title={title} />
    </>
  )
}
