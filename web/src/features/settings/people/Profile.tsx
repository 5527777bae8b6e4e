import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import { ErrorAlert } from '@/shared/DataStates'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import { AttributeInput } from './AttributeInput'
import { DepartmentSelect, PersonSelect } from './inputs'
import { attributesQuery, type Person, type PersonChange } from './queries'
import { useChangePerson } from './useSavePerson'

type Attributes = Record<string, string[]>
type Values = {
  name: string
  email: string
  title: string
  department: string
  manager: string
  attributes: Attributes
}

const valuesOf = (person: Person): Values => ({
  name: person.name,
  email: person.email,
  title: person.title,
  department: person.department?.id ?? '',
  manager: person.manager?.id ?? '',
  attributes: Object.fromEntries(Object.entries(person.attributes ?? {}).map(([name, values]) => [name, values ?? []])),
})

const fixed = ['name', 'email', 'title', 'department', 'manager']

/** Only what differs is sent, lest a change that somebody else made meanwhile be undone. */
function changes(before: Values, after: Values): PersonChange {
  const change: Record<string, unknown> = {}
  for (const name of ['name', 'email', 'title', 'department', 'manager'] as const) {
    if (before[name] !== after[name]) change[name] = after[name]
  }
  const attributes = Object.entries(after.attributes).filter(
    ([name, values]) => JSON.stringify(values) !== JSON.stringify(before.attributes[name] ?? []),
  )
  if (attributes.length > 0) change.attributes = Object.fromEntries(attributes)
  return change
}

/** Name, address, place in the company, attributes. */
export function Profile({ person }: { person: Person }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const { data: definitions = [] } = useQuery(attributesQuery)
  const names = [...fixed, ...definitions.map(({ name }) => name)]
  const form = useForm<Values>({ initialValues: valuesOf(person) })
  useLeaveGuard(form.isDirty)
  const save = useChangePerson(person.id)
  const submit = (values: Values) =>
    save.mutate(changes(valuesOf(person), values), {
      onSuccess: saved => {
        form.setInitialValues(valuesOf(saved))
        form.reset()
      },
      onError: error => form.setErrors(fieldErrors(error, names) ?? {}),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {!fieldErrors(save.error, names) && <ErrorAlert error={save.error} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t('name')} required maxLength={200} {...form.getInputProps('name')} />
          <TextInput label={t('email')} type="email" required maxLength={254} {...form.getInputProps('email')} />
          <TextInput label={t('position')} maxLength={200} {...form.getInputProps('title')} />
          <DepartmentSelect label={t('department')} {...form.getInputProps('department')} />
          <PersonSelect
            label={t('manager')}
            current={person.manager}
            except={person.id}
            {...form.getInputProps('manager')}
          />
          {definitions.map(of => (
            <AttributeInput
              key={of.name}
              of={of}
              value={form.values.attributes[of.name] ?? []}
              onChange={values => form.setFieldValue('attributes', { ...form.values.attributes, [of.name]: values })}
              error={form.errors[of.name]}
            />
          ))}
        </SimpleGrid>
        <Group justify="flex-end">
          {form.isDirty() && (
            <Button variant="default" onClick={form.reset}>
              {t('common:action.cancel')}
            </Button>
          )}
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('common:action.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
