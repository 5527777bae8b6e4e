import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConfirm } from '@/shared/useConfirm'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import classes from './Bar.module.css'
import { ConflictDialog } from './ConflictDialog'
import { usePolicy, useProblems } from './draft'
import { ReviewDialog } from './ReviewDialog'

/** The pages that show the bar. */
const shownOn = /^\/settings\/(roles|employees)(\/|$)/

/** Says how much is unsaved, and leads to the review; nothing if all is saved. */
export function DraftBar() {
  const { t } = useTranslation('settings-policy')
  const confirm = useConfirm()
  const { base, held, changes, discard } = usePolicy()
  const problems = useProblems()
  const [open, setOpen] = useState<'review' | 'conflict' | null>(null)
  useLeaveGuard(() => changes.length > 0, {
    question: { title: t('leaveTitle'), text: t('leaveText'), confirm: t('leave') },
    stays: pathname => shownOn.test(pathname),
    closing: false,
  })
  if (changes.length === 0) return null
  const moved = held.epoch !== base.epoch
  const askDiscard = async () => {
    const question = { title: t('discardTitle'), text: t('discardText'), confirm: t('discard'), danger: true }
    if (await confirm(question)) discard()
  }
  return (
    <section className={classes.bar} aria-label={t('bar')}>
      <div>
        <Text fw={500} role="status">
          {t('unsaved', { count: changes.length })}
        </Text>
        {moved && <Text size="sm">{t('theirs')}</Text>}
        {problems.length > 0 && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('wrong', { count: problems.length })}
          </Text>
        )}
      </div>
      <Group gap="xs">
        <Button variant="default" onClick={() => void askDiscard()}>
          {t('discard')}
        </Button>
        {moved ? (
          <Button onClick={() => setOpen('conflict')}>{t('theirsSee')}</Button>
        ) : (
          <Button onClick={() => setOpen('review')}>{t('review')}</Button>
        )}
      </Group>
      <ReviewDialog opened={open === 'review'} onClose={() => setOpen(null)} onMoved={() => setOpen('conflict')} />
      <ConflictDialog opened={open === 'conflict'} onClose={() => setOpen(null)} />
    </section>
  )
}
