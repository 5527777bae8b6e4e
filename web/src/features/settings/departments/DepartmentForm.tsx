import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { useNotify } from '@/shared/useNotify'
import { branchOf, type Department } from './tree'

/** What is edited: a department, or a new one below the parent. */
export type Draft = { department?: Department; parent: string }

type Props = { draft: Draft; departments: Department[]; onClose: () => void }

const fields = ['name', 'parent']

/** Adds, renames and moves a department. */
export function DepartmentForm({ draft, departments, onClose }: Props) {
  const { t } = useTranslation(['settings-departments', 'common'])
  const { department } = draft
  const form = useForm({
    initialValues: { name: department?.name ?? '', parent: department ? department.parent : draft.parent },
  })
  const save = useSaveDepartment(onClose)
  const own = department ? branchOf(departments, department.id) : new Set<string>()
  const parents = departments.filter(({ id }) => !own.has(id)).map(({ id, name }) => ({ value: id, label: name }))
  const submit = (values: typeof form.values) =>
    save.mutate(
      { id: department?.id, ...values },
      { onError: error => form.setErrors(fieldErrors(error, fields) ?? {}) },
    )
  return (
    <Modal
      opened
      onClose={onClose}
      title={department ? t('editTitle', { name: department.name }) : t('add')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form onSubmit={form.onSubmit(submit)}>
        <Stack>
          {!fieldErrors(save.error, fields) && <ErrorAlert error={save.error} />}
          <TextInput label={t('name')} required maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <Select
            label={t('parent')}
            description={t('parentHint')}
            placeholder={t('top')}
            data={parents}
            value={form.values.parent || null}
            onChange={parent => form.setFieldValue('parent', parent ?? '')}
            error={form.errors.parent}
            clearable
            clearButtonProps={{ 'aria-label': `${t('common:action.clear')}: ${t('parent')}` }}
            searchable
            nothingFoundMessage={t('common:field.nothingFound')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:action.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t('common:action.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** Changes a department, or adds one where there is no id. */
export function useSaveDepartment(onSaved?: () => void) {
  const { t } = useTranslation()
  const notify = useNotify()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...values }: { id?: string; name: string; parent: string }) =>
      id
        ? body(api.PATCH('/api/departments/{id}', { params: { path: { id } }, body: values }))
        : body(api.POST('/api/departments', { body: values })),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['departments'] })
      void queryClient.invalidateQueries({ queryKey: ['people'] })
      notify.done(t('error.saved'))
      onSaved?.()
    },
  })
}
