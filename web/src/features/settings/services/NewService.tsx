import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { ConnectionFields } from './ConnectionFields'
import { EgressInput } from './Egress'
import { useAddService } from './queries'
import { formErrors } from './useServiceForm'
import type { Values } from './values'

type Props = { opened: boolean; onClose: () => void }

/** What a service needs at first; the rest is on its own page, with the test. */
export function NewServiceDialog({ opened, onClose }: Props) {
  const { t } = useTranslation(['settings-services', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('newTitle')}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      {opened && <NewService onClose={onClose} />}
    </Modal>
  )
}

const none: Values = {
  provider: 'openai',
  base_url: '',
  key: null,
  key_header: '',
  insecure: false,
  model: '',
  models: [],
  currency: '',
  egress: 'internal',
  default: false,
  timeout_seconds: '',
  idle_seconds: '',
  retries: '',
  max_tokens: '',
}

function NewService({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['settings-services', 'common'])
  const navigate = useNavigate()
  const add = useAddService()
  const name = useForm({ initialValues: { name: '' } })
  const form = useForm<Values>({
    initialValues: none,
    validate: { model: (model, { provider }) => (provider === 'openai' && !model.trim() ? t('modelNeeded') : null) },
  })
  const submit = (values: Values) => {
    const { base_url, key, model, provider, insecure, egress } = values
    const service = {
      name: name.values.name.trim(),
      provider,
      insecure,
      egress,
      default: values.default,
      base_url: base_url.trim(),
      model: model.trim(),
      ...(key && { key }),
    }
    add.mutate(service, {
      onSuccess: added => {
        onClose()
        void navigate({ to: '/settings/services/$service', params: { service: added.name } as never })
      },
      onError: error => {
        form.setErrors(formErrors(error) ?? {})
        if (named(error)) name.setErrors({ name: sentence(error) })
      },
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack>
        {!formErrors(add.error) && !named(add.error) && <ErrorAlert error={add.error} />}
        <TextInput
          label={t('name.name')}
          description={t('nameHint')}
          withAsterisk
          maxLength={64}
          spellCheck={false}
          autoComplete="off"
          data-autofocus
          {...name.getInputProps('name')}
        />
        <ConnectionFields form={form} />
        <TextInput
          label={t('model')}
          description={t('modelHint')}
          withAsterisk={form.values.provider === 'openai'}
          maxLength={500}
          spellCheck={false}
          {...form.getInputProps('model')}
        />
        <EgressInput {...form.getInputProps('egress')} />
        <Switch
          label={t('default')}
          description={t('defaultHint')}
          {...form.getInputProps('default', { type: 'checkbox' })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t('common:action.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Whether it is the name that is wrong or taken. */
const named = (error: unknown): boolean => isProblem(error) && (error.field === 'name' || error.kind === 'conflict')
