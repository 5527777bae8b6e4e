import { Button, Group, Modal, Select, Stack } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Field, Value } from '@/api/types'
import { FieldInput } from '@/shared/FieldInput'
import { useFormat } from '@/shared/format'
import { useModelText } from '@/shared/useModelText'

type Props = {
  fields: Field[]
  /** The field that is set; empty to choose one. */
  first: string
  count: number
  busy: boolean
  onClose: () => void
  onSet: (name: string, value: Value) => void
}

/** Sets one field of all ticked records. */
export function BulkDialog({ fields, first, count, busy, onClose, onSet }: Props) {
  const { t } = useTranslation(['records', 'common'])
  const model = useModelText()
  const format = useFormat()
  const [name, setName] = useState(first)
  const [value, setValue] = useState<Value>(null)
  const field = fields.find(one => one.name === name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (field) onSet(field.name, field.type === 'boolean' ? value === true : value)
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={first === 'owner_id' ? t('bulk.assign') : t('bulk.set')}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          {first !== 'owner_id' && (
            <Select
              label={t('bulk.field')}
              data={fields.map(one => ({ value: one.name, label: model.field(one) }))}
              value={name || null}
              onChange={next => {
                setName(next ?? '')
                setValue(null)
              }}
              searchable
              data-autofocus
              nothingFoundMessage={t('common:field.nothingFound')}
              placeholder={t('common:field.choose')}
            />
          )}
          {field && (
            <FieldInput
              key={field.name}
              field={field}
              value={value}
              onChange={setValue}
              autoFocus={first === 'owner_id'}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common:action.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={!field || (field.required && value === null)}>
              {t('bulk.apply', { count, shown: format.integer(count) })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
