import { NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePolicy } from '../policy/draft'
import { GrantsTable } from '../policy/GrantsTable'
import { type Employee, levels } from '../policy/types'
import { useEditEmployee } from './useEmployee'

const budgets = ['rows_per_call', 'rows_per_day', 'steps', 'tokens', 'tokens_per_day'] as const

/** What the AI employee may touch at most, and how much of it. */
export function RemitTab({ employee }: { employee: Employee }) {
  const { t } = useTranslation('settings-employees')
  const { t: tp } = useTranslation('settings-policy')
  const { document } = usePolicy()
  const { edit, problem } = useEditEmployee(employee.name)
  const index = document.employees?.findIndex(e => e.name === employee.name) ?? -1
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('remitHint')}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        <Select
          label={t('sensitivity')}
          data={levels.map(level => ({ value: level, label: tp(`level.${level}`) }))}
          value={employee.remit.sensitivity || 'public'}
          error={problem('remit.sensitivity')}
          allowDeselect={false}
          onChange={level =>
            edit(e => {
              e.remit.sensitivity = level ?? undefined
            })
          }
        />
        {budgets.map(key => (
          <NumberInput
            key={key}
            label={t(key)}
            placeholder={t('noLimit')}
            value={employee.remit[key] || ''}
            error={problem(`remit.${key}`)}
            min={0}
            allowDecimal={false}
            thousandSeparator=" "
            hideControls
            onChange={value =>
              edit(e => {
                e.remit[key] = Number(value) || undefined
              })
            }
          />
        ))}
      </SimpleGrid>
      <GrantsTable
        remit
        grants={employee.remit.grants ?? []}
        path={`employees[${index}].remit.grants`}
        onChange={grants =>
          edit(e => {
            e.remit.grants = grants
          })
        }
      />
    </Stack>
  )
}
