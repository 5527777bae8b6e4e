import { Group, Pill } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useToolText } from '../trace/useToolText'
import classes from './Chat.module.css'
import type { OnScreen, Part } from './useScreen'

/** What goes along with the question of what is on the page; each can be left out. */
export function ContextChips({ on, name }: { on: OnScreen; name: string }) {
  const { t } = useTranslation('assistant')
  const text = useToolText()
  const { context, parts, remove } = on
  if (!context?.collection || parts.length === 0) return null
  const collection = text.collection(context.collection)
  const words = (part: Part): string => {
    if (part === 'records') return t('context.records', { count: context.records?.length ?? 0, collection })
    const filter = text.filter(context.collection, context.filter)
    return filter ? t('context.filtered', { collection, filter }) : t('context.list', { collection })
  }
  return (
    <Group gap={6} role="group" aria-label={t('context.label', { name })}>
      {parts.map(part => (
        <Pill
          key={part}
          withRemoveButton
          onRemove={() => remove(part)}
          className={classes.chip}
          title={words(part)}
          removeButtonProps={{
            'aria-label': t('context.remove', { what: words(part) }),
            'aria-hidden': false,
            tabIndex: 0,
          }}
        >
          {words(part)}
        </Pill>
      ))}
    </Group>
  )
}
