import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconAlertCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem, sentence } from '@/api/problem'
import { Logo } from '@/shared/Logo'
import { useDocumentTitle } from '@/shared/useDocumentTitle'
import classes from './SignInPage.module.css'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { t } = useTranslation('session')
  const { next } = route.useSearch()
  const router = useRouter()
  const queryClient = useQueryClient()
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  const alert = useRef<HTMLDivElement>(null)
  useDocumentTitle(t('title'))

  const signIn = useMutation({
    mutationFn: (credentials: { email: string; password: string }) =>
      body(api.POST('/api/session', { body: credentials })),
    onSuccess: async () => {
      // Nothing of whoever was signed in before may be left.
      queryClient.clear()
      await router.navigate({ href: next ?? '/', replace: true })
    },
  })
  useEffect(() => {
    if (signIn.error) alert.current?.focus()
  }, [signIn.error])

  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <Logo size={40} />
        <Title order={1} mt="lg">
          {t('title')}
        </Title>
        <Text c="dimmed" mt={4}>
          {t('lead')}
        </Text>
        <form onSubmit={form.onSubmit(values => signIn.mutate(values))}>
          <Stack mt="xl" gap="md">
            {next && !signIn.error && (
              <Alert color="blue" variant="light" role="status">
                {t('lost')}
              </Alert>
            )}
            {signIn.error && (
              <Alert
                ref={alert}
                tabIndex={-1}
                color="red"
                variant="light"
                icon={<IconAlertCircle size={18} />}
                role="alert"
              >
                <Failure error={signIn.error} />
              </Alert>
            )}
            <TextInput
              label={t('email')}
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              data-autofocus
              size="md"
              key={form.key('email')}
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label={t('password')}
              autoComplete="current-password"
              required
              withAsterisk={false}
              size="md"
              key={form.key('password')}
              {...form.getInputProps('password')}
            />
            <Button type="submit" size="md" loading={signIn.isPending} fullWidth mt="xs">
              {t('submit')}
            </Button>
          </Stack>
        </form>
        <Text size="sm" c="dimmed" mt="lg">
          {t('forgotten')}
        </Text>
      </div>
    </main>
  )
}

function Failure({ error }: { error: unknown }) {
  const { t } = useTranslation('session')
  if (isProblem(error, 'unauthenticated')) return t('wrong')
  if (isProblem(error, 'limited')) {
    return error.retryAfter ? t('limited', { seconds: error.retryAfter }) : t('limitedSoon')
  }
  return sentence(error)
}
