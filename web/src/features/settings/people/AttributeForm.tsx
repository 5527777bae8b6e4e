import { Alert, Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { useNotify } from '@/shared/useNotify'
import type { Attribute } from './queries'

const types = ['text', 'integer', 'decimal', 'money', 'boolean', 'date', 'timestamp'] as const
const fields = ['name', 'type', 'list']

type Values = Pick<Attribute, 'name' | 'type'> & { list: boolean }

type Props = { attribute?: Attribute; onClose: () => void }

/** Adds an attribute, or changes the type of one, and says first who loses values by it. */
export function AttributeForm({ attribute, onClose }: Props) {
  const { t } = useTranslation(['settings-people', 'common'])
  const form = useForm<Values>({
    initialValues: { name: attribute?.name ?? '', type: attribute?.type ?? 'text', list: attribute?.list ?? false },
    validate: { name: name => (name.trim() === '' ? t('attributeNameHint') : null) },
  })
  const save = useDefine(attribute, onClose)
  const losing = attribute && form.isDirty() ? attribute.people : 0
  const submit = (values: Values) =>
    save.mutate(values, { onError: error => form.setErrors(fieldErrors(error, fields) ?? {}) })
  return (
    <Modal
      opened
      onClose={onClose}
      title={attribute ? t('changeType', { name: attribute.name }) : t('addAttribute')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form onSubmit={form.onSubmit(submit)} noValidate>
        <Stack>
          {!fieldErrors(save.error, fields) && <ErrorAlert error={save.error} />}
          {!attribute && (
            <TextInput
              label={t('name')}
              description={t('attributeNameHint')}
              required
              maxLength={63}
              data-autofocus
              spellCheck={false}
              autoCapitalize="none"
              {...form.getInputProps('name')}
            />
          )}
          <Select
            label={t('type')}
            data={types.map(type => ({ value: type, label: t(`typeName.${type}`) }))}
            allowDeselect={false}
            {...form.getInputProps('type')}
            onChange={type =>
              form.setValues({ type: type as Values['type'], ...(type === 'boolean' && { list: false }) })
            }
          />
          <Checkbox
            label={t('severalValues')}
            disabled={form.values.type === 'boolean'}
            {...form.getInputProps('list', { type: 'checkbox' })}
          />
          {losing > 0 && <Alert color="orange">{t('losing', { count: losing })}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:action.cancel')}
            </Button>
            <Button
              type="submit"
              color={losing > 0 ? 'red' : undefined}
              loading={save.isPending}
              disabled={attribute && !form.isDirty()}
            >
              {attribute ? t('common:action.save') : t('common:action.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function useDefine(attribute: Attribute | undefined, onSaved: () => void) {
  const { t } = useTranslation()
  const notify = useNotify()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ name, type, list }: Values): Promise<Attribute> =>
      body(
        api.PUT('/api/attributes/{name}', {
          params: { path: { name: name.trim() } },
          body: { type, list, people: attribute?.people },
        }),
      ),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['people'] })
      notify.done(t('error.saved'))
      onSaved()
    },
  })
}
