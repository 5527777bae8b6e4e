import { Button, Container } from '@mantine/core'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ProblemError } from '@/api/problem'
import { ErrorState, LoadingState } from './DataStates'
import { useDocumentTitle } from './useDocumentTitle'

/** Stands in for a screen that threw, or whose data could not be read. */
export function ErrorScreen({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const router = useRouter()
  useDocumentTitle(t('error.title'))
  const retry = () => {
    reset()
    // A chunk that is gone after an update comes only with a fresh page.
    if (/dynamically imported module/i.test(error instanceof Error ? error.message : '')) location.reload()
    else void router.invalidate()
  }
  return (
    <Container size="sm" py="xl">
      <ErrorState error={error} retry={retry} level={1} />
    </Container>
  )
}

/** The same where there is no shell around it, hence no main either. */
export function WholePageError(props: ErrorComponentProps) {
  return (
    <main>
      <ErrorScreen {...props} />
    </main>
  )
}

export function NotFoundScreen() {
  const { t } = useTranslation()
  useDocumentTitle(t('error.notFound'))
  return (
    <Container size="sm" py="xl" ta="center">
      <ErrorState error={new ProblemError({ kind: 'not_found', detail: '' })} level={1} />
      <Button component={Link} to="/" variant="default">
        {t('action.home')}
      </Button>
    </Container>
  )
}

export function PendingScreen() {
  return (
    <Container size="lg" py="xl">
      <LoadingState lines={4} level={1} />
    </Container>
  )
}
