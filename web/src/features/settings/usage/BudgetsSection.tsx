import { Badge, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Data, EmptyState } from '@/shared/DataStates'
import { useFormat } from '@/shared/format'
import { Section } from '@/shared/Section'
import { type Budgets, budgetsQuery } from './queries'

type Budget = Budgets['budgets'][number]

/** What people have used today of what an AI employee may use for each a day. */
export function BudgetsSection() {
  const { t } = useTranslation('settings-usage')
  const query = useQuery(budgetsQuery)
  return (
    <Section title={t('budgets')}>
      <Data
        query={query}
        isEmpty={told => told.budgets.length === 0}
        empty={
          <EmptyState title={t('noBudgets')} compact>
            {t('noBudgetsText')}
          </EmptyState>
        }
      >
        {told => (
          <Stack gap="lg">
            {told.budgets.map(budget => (
              <Lines key={budget.employee} budget={budget} />
            ))}
          </Stack>
        )}
      </Data>
    </Section>
  )
}

function Lines({ budget }: { budget: Budget }) {
  const { t } = useTranslation('settings-usage')
  const format = useFormat()
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={3} size="h5">
          {budget.title}
        </Title>
        <Text size="sm" c="dimmed">
          {t('budgetOf', { tokens: format.integer(budget.tokens_per_day) })}
        </Text>
      </Group>
      {budget.people.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('budgetUnused')}
        </Text>
      )}
      <Stack gap="xs">
        {budget.people.map(person => (
          <Line key={person.id} name={person.name} used={person.used_tokens} of={budget.tokens_per_day} />
        ))}
      </Stack>
    </div>
  )
}

function Line({ name, used, of }: { name: string; used: number; of: number }) {
  const { t } = useTranslation('settings-usage')
  const format = useFormat()
  const share = Math.min(1, used / of)
  const over = used >= of
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{name}</Text>
        <Group gap="xs">
          {over && <Badge color="red">{t('usedUp')}</Badge>}
          <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {t('usedOf', { used: format.integer(used), share: format.percent(used / of) })}
          </Text>
        </Group>
      </Group>
      <Progress.Root size="sm" mt={4}>
        <Progress.Section
          value={share * 100}
          color={over ? 'red' : share > 0.8 ? 'orange' : 'remit'}
          aria-label={t('usedBy', { name })}
        />
      </Progress.Root>
    </div>
  )
}
