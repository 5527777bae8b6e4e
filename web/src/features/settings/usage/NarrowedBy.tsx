import { Group, Pill, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { usageQuery } from './queries'
import type { Range } from './range'
import type { UsageSearch } from './routes'
import { useKeyText } from './useKeyText'

const route = getRouteApi('/shell/settings/usage')
const parts = ['employee', 'person', 'service'] as const

/** Says to whom or what the figures are narrowed, and takes that away. */
export function NarrowedBy({ search, range }: { search: UsageSearch; range: Range }) {
  const { t } = useTranslation('settings-usage')
  const chosen = parts.filter(part => search[part])
  if (chosen.length === 0) return null
  return (
    <Group gap="xs" role="group" aria-label={t('only')}>
      <Text size="sm">{t('only')}</Text>
      {chosen.map(part => (
        <Narrowed key={part} part={part} search={search} range={range} />
      ))}
    </Group>
  )
}

type Props = { part: (typeof parts)[number]; search: UsageSearch; range: Range }

function Narrowed({ part, search, range }: Props) {
  const { t } = useTranslation('settings-usage')
  const text = useKeyText()
  const navigate = route.useNavigate()
  const key = search[part] ?? ''
  // The name comes with the figures themselves.
  const query = useQuery(usageQuery(part, range, search))
  const name = text(part, query.data?.usage.find(used => used.key === key) ?? { key: part === 'person' ? '' : key })
  const remove = () =>
    void navigate({ search: before => ({ ...before, [part]: undefined, by: part }), resetScroll: false })
  return (
    <Pill
      size="md"
      withRemoveButton
      onRemove={remove}
      removeButtonProps={{ 'aria-label': t('widen', { name }), tabIndex: 0, 'aria-hidden': false }}
    >
      {t(`by.${part}`)}: {part === 'person' && name === t('none') ? t('somebody') : name}
    </Pill>
  )
}
