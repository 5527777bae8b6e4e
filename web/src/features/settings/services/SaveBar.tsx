import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import classes from '../policy/Bar.module.css'
import type { ServiceForm } from './useServiceForm'

/** Says what is unsaved and saves it; where somebody else was faster, asks which holds. */
export function SaveBar({ edited }: { edited: ServiceForm }) {
  const { t } = useTranslation(['settings-services', 'settings-policy', 'common'])
  const { mine, theirs, conflict, saving } = edited
  const unsaved = mine.length > 0
  useLeaveGuard(() => unsaved)
  if (!unsaved) return null
  const labels = (names: typeof mine) => names.map(name => t(`name.${name}`)).join(', ')
  const both = mine.filter(name => theirs.includes(name))
  return (
    <section className={classes.bar} aria-label={t('settings-policy:bar')}>
      <div role="status">
        {conflict ? (
          <>
            <Text fw={500}>{t('theirs')}</Text>
            {theirs.length > 0 && <Text size="sm">{t('theirsWhat', { what: labels(theirs) })}</Text>}
            {both.length > 0 && <Text size="sm">{t('bothWhat', { what: labels(both) })}</Text>}
          </>
        ) : (
          <>
            <Text fw={500}>{t('settings-policy:unsaved', { count: mine.length })}</Text>
            <Text size="sm" c="dimmed">
              {labels(mine)}
            </Text>
          </>
        )}
      </div>
      <Group gap="xs">
        <Button variant="default" onClick={edited.discard}>
          {t(conflict ? 'settings-policy:drop' : 'settings-policy:discard')}
        </Button>
        {conflict ? (
          <Button key="keep" onClick={edited.keep} loading={!edited.ready}>
            {t('settings-policy:keep')}
          </Button>
        ) : (
          // Another element than the one before: a press on that must not save at once.
          <Button key="save" type="submit" loading={saving}>
            {t('common:action.save')}
          </Button>
        )}
      </Group>
    </section>
  )
}
