import { Alert, Button, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconAlertCircle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { isProblem } from '@/api/problem'
import { Logo } from '@/shared/Logo'
import { PasswordField } from '@/shared/PasswordField'
import { useDocumentTitle } from '@/shared/useDocumentTitle'
import { Failure } from './Failure'
import { OwnPasswordForm } from './OwnPasswordForm'
import classes from './SignInPage.module.css'

const route = getRouteApi('/sign-in')

type Credentials = { email: string; password: string; new_password?: string }

/** Whether the password is right but somebody else has set it: one of one's own is wanted. */
const wantsOwn = (error: unknown) => isProblem(error, 'denied') && error.field === 'new_password'

export function SignInPage() {
  const { t } = useTranslation('session')
  const { next } = route.useSearch()
  const router = useRouter()
  const queryClient = useQueryClient()
  const form = useForm({ mode: 'uncontrolled', initialValues: { email: '', password: '' } })
  const alert = useRef<HTMLDivElement>(null)
  useDocumentTitle(t('title'))

  const signIn = useMutation({
    mutationFn: (credentials: Credentials) => body(api.POST('/api/session', { body: credentials })),
    onSuccess: async () => {
      // Nothing of whoever was signed in before may be left.
      queryClient.clear()
      await router.navigate({ href: next ?? '/', replace: true })
    },
  })
  // Stays once asked for, whatever is wrong with the first one that is tried.
  const [initial, setInitial] = useState<Credentials | null>(null)
  if (!initial && signIn.variables && wantsOwn(signIn.error)) setInitial(signIn.variables)
  useEffect(() => {
    if (signIn.error) alert.current?.focus()
  }, [signIn.error])

  if (initial) {
    return (
      <Frame title={t('ownTitle')} lead={t('ownLead')}>
        <OwnPasswordForm
          error={wantsOwn(signIn.error) ? null : signIn.error}
          pending={signIn.isPending}
          onSubmit={new_password => signIn.mutate({ ...initial, new_password })}
        />
      </Frame>
    )
  }
  return (
    <Frame title={t('title')} lead={t('lead')} foot={t('forgotten')}>
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
          <PasswordField
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
    </Frame>
  )
}

type FrameProps = { title: string; lead: string; foot?: string; children: ReactNode }

function Frame({ title, lead, foot, children }: FrameProps) {
  return (
    <main className={classes.page}>
      <div className={classes.panel}>
        <Logo size={40} />
        <Title order={1} mt="lg">
          {title}
        </Title>
        <Text c="dimmed" mt={4}>
          {lead}
        </Text>
        {children}
        {foot && (
          <Text size="sm" c="dimmed" mt="lg">
            {foot}
          </Text>
        )}
      </div>
    </main>
  )
}
