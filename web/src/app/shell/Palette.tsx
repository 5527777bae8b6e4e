import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight'
import '@mantine/spotlight/styles.css'
import { IconBolt, IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHotkeyList } from '@/shared/hotkeys'
import { useModelText } from '@/shared/useModelText'
import { labelOf, mayOpen, navOf } from '../nav'
import { useMe } from '../useMe'
import { collectionIcon, useShownCollections } from './Navigation'

/** Where one can go and what one can do, found by typing. It opens whenever it is asked for once more. */
export function Palette({ asked }: { asked: number }) {
  const { t } = useTranslation()
  const pages = usePages()
  const commands = useCommands()
  const [typed, setTyped] = useState('')
  const search = useSearchAction(typed.trim())
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that it is asked for
  useEffect(() => spotlight.open(), [asked])
  const groups: SpotlightActionGroupData[] = [
    { group: t('palette.goTo'), actions: pages },
    { group: t('palette.actions'), actions: commands },
    // Last, so that Enter leads to a page of that name if there is one.
    { group: t('palette.records'), actions: search },
  ]
  return (
    <Spotlight
      actions={groups.filter(group => group.actions.length > 0)}
      shortcut={null}
      query={typed}
      onQueryChange={setTyped}
      attributes={{ content: { 'aria-label': t('palette.label') } }}
      nothingFound={t('palette.nothing')}
      highlightQuery
      scrollable
      centered={false}
      overlayProps={{ backgroundOpacity: 0.35, blur: 2 }}
      maxHeight={420}
      searchProps={{
        leftSection: <IconSearch size={18} stroke={1.6} />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.label'),
      }}
    />
  )
}

function usePages(): SpotlightActionData[] {
  const { t } = useTranslation()
  const model = useModelText()
  const me = useMe()
  const navigate = useNavigate()
  const collections = useShownCollections(me)
  const entries = [...navOf('top', me), ...navOf('settings', me)]
  return [
    ...entries.map(entry => ({
      id: entry.to,
      label: labelOf(t, entry),
      leftSection: <entry.icon size={18} stroke={1.6} />,
      onClick: () => void navigate({ to: entry.to }),
    })),
    ...collections.map(collection => {
      const Shown = collectionIcon(collection.name)
      return {
        id: `collection ${collection.name}`,
        label: model.collection(collection),
        leftSection: <Shown size={18} stroke={1.6} />,
        onClick: () => void navigate({ to: '/records/$collection', params: { collection: collection.name } as never }),
      }
    }),
  ]
}

/** What is typed, as a search over the records. */
function useSearchAction(text: string): SpotlightActionData[] {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  if ([...text].length < 2 || !mayOpen(me, 'search')) return []
  return [
    {
      id: 'search',
      label: t('palette.search', { text }),
      leftSection: <IconSearch size={18} stroke={1.6} />,
      onClick: () => void navigate({ to: '/search', search: { q: text } as never }),
    },
  ]
}

/** The shortcuts of the page are its commands. */
function useCommands(): SpotlightActionData[] {
  return useHotkeyList()
    .filter(hotkey => hotkey.scope === 'page')
    .map(hotkey => ({
      id: `command ${hotkey.keys}`,
      label: hotkey.label,
      leftSection: <IconBolt size={18} stroke={1.6} />,
      onClick: () => hotkey.run(new KeyboardEvent('keydown')),
    }))
}
