import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldErrors } from '@/api/problem'
import type { Field, Row, Value } from '@/api/types'
import { ErrorAlert } from '@/shared/DataStates'
import { FieldInput } from '@/shared/FieldInput'
import { HiddenValue } from '@/shared/FieldValue'
import { useHotkey } from '@/shared/hotkeys'
import { Section } from '@/shared/Section'
import { type CollectionMeta, labelColumn, useTitleFields } from '@/shared/useCollection'
import { useLeaveGuard } from '@/shared/useLeaveGuard'
import { useModelText } from '@/shared/useModelText'
import { groupsOf } from './groups'
import classes from './RecordForm.module.css'
import { changesOf, type Values, valuesOf, wrongWith } from './values'

type Props = {
  collection: CollectionMeta
  /** Which fields can be filled in. */
  which: (field: Field) => boolean
  /** The record that is changed or duplicated, for the names of what it refers to. */
  record?: Row
  /** What the form begins with, where that is not the record. */
  initial?: Values
  submitLabel: string
  onCancel: () => void
  /** Saves; what it throws is shown. True when it is done and the form may be left. */
  onSubmit: (values: Values, changes: Values) => Promise<boolean>
}

/** The form of a record: fields by their types in groups, errors at their fields, nothing lost by accident. */
export function RecordForm({ collection, which, record, initial, submitLabel, onCancel, onSubmit }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const titleFieldOf = useTitleFields()
  const groups = groupsOf(collection, which)
  const fields = groups.flatMap(group => group.fields)
  const [base] = useState<Values>(() => valuesOf(fields, record))
  const [values, setValues] = useState<Values>(() => ({ ...base, ...initial }))
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const leaving = useRef(false)
  const changes = changesOf(base, values)
  const dirty = Object.keys(changesOf({ ...base, ...initial }, values)).length > 0
  useLeaveGuard(() => dirty && !leaving.current)
  const hidden = (field: Field) => record?._hidden?.includes(field.name) === true && initial === undefined

  const set = (name: string, value: Value) => {
    setValues(before => ({ ...before, [name]: value }))
    setErrors(({ [name]: _, ...others }) => others)
  }
  const check = (): boolean => {
    const found = fields.flatMap(field => {
      const wrong = hidden(field) ? undefined : wrongWith(field, values[field.name])
      return wrong ? [[field.name, t(`form.wrong.${wrong}`)] as const] : []
    })
    setErrors(Object.fromEntries(found))
    if (found[0]) focusField(form.current, found[0][0])
    return found.length === 0
  }
  const submit = async () => {
    setProblem(null)
    if (!check()) return
    setBusy(true)
    leaving.current = true
    try {
      if (await onSubmit(values, changes)) return
      leaving.current = false
    } catch (error) {
      leaving.current = false
      const named = fieldErrors(
        error,
        fields.map(field => field.name),
      )
      if (named) {
        setErrors(named)
        focusField(form.current, Object.keys(named)[0])
      } else setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  useHotkey('mod+s', t('form.save'), () => void submit())
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Stack gap="lg">
        {problem !== null && <ErrorAlert error={problem} />}
        {groups.map(group => (
          <Section key={group.key} title={t(`group.${group.key}`)}>
            <SimpleGrid cols={{ base: 1, sm: group.key === 'notes' ? 1 : 2 }} spacing="lg" verticalSpacing="md">
              {group.fields.map(field => (
                <div key={field.name} data-field={field.name}>
                  {hidden(field) ? (
                    <>
                      <Text size="sm" fw={500}>
                        {model.field(field)}
                      </Text>
                      <HiddenValue />
                    </>
                  ) : (
                    <FieldInput
                      field={field}
                      value={values[field.name] ?? null}
                      onChange={value => set(field.name, value)}
                      error={errors[field.name]}
                      relationLabel={nameOf(field, values[field.name], record, titleFieldOf, t('common:hidden'))}
                    />
                  )}
                </div>
              ))}
            </SimpleGrid>
          </Section>
        ))}
        <Group justify="flex-end" className={classes.foot}>
          {dirty && (
            <Text size="sm" c="dimmed" mr="auto">
              {t('form.unsaved')}
            </Text>
          )}
          <Button variant="default" onClick={onCancel}>
            {t('common:action.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The name of the record that a relation leads to, as long as it leads there still. */
function nameOf(
  field: Field,
  value: Value | undefined,
  record: Row | undefined,
  titleFieldOf: (collection: string) => string | undefined,
  unseen: string,
): string | undefined {
  if (field.type !== 'relation' || !record || !value || value !== record[field.name]) return undefined
  const column = labelColumn(field, titleFieldOf)
  const label = column ? record[column] : undefined
  return typeof label === 'string' ? label : unseen
}

function focusField(form: HTMLFormElement | null, name: string | undefined): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>(`[data-field="${name}"] :is(input, textarea)`)?.focus()
  })
}
