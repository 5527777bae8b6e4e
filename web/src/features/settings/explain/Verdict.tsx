import { Alert, Badge, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { components } from '@/api/schema.gen'
import { Section } from '@/shared/Section'
import { humanize } from '@/shared/useModelText'

type Answer = components['schemas']['PolicyVerdict']
type Layer = Answer['layers'][number]

const known = ['gives', 'refuses', 'narrows'] as const
const colors: Record<string, string> = { gives: 'teal', refuses: 'red', narrows: 'blue' }

/** What the layers say, each by itself, and together. */
export function Verdict({ verdict }: { verdict: Answer }) {
  const { t } = useTranslation('settings-explain')
  return (
    <Stack gap="md">
      <Alert
        role="status"
        color={verdict.allowed ? 'teal' : 'red'}
        icon={verdict.allowed ? <IconCheck size={18} /> : <IconLock size={18} />}
        title={t(verdict.allowed ? 'allowed' : 'refused')}
      >
        {verdict.remedy && (
          <>
            {t('remedy')}: {verdict.remedy}
          </>
        )}
      </Alert>
      {verdict.layers.map(layer => (
        <LayerView key={layer.layer} layer={layer} />
      ))}
      {verdict.data?.withheld && verdict.data.withheld.length > 0 && <Withheld list={verdict.data.withheld} />}
    </Stack>
  )
}

function LayerView({ layer }: { layer: Layer }) {
  const { t } = useTranslation('settings-explain')
  return (
    <Section
      title={layer.name ? `${t(`layer.${layer.layer}`)}: ${layer.name}` : t(`layer.${layer.layer}`)}
      action={
        <Badge
          color={layer.allowed ? 'teal' : 'red'}
          leftSection={layer.allowed ? <IconCheck size={12} /> : <IconLock size={12} />}
        >
          {t(layer.allowed ? 'lets' : 'stops')}
        </Badge>
      }
    >
      <Stack gap="xs" component="ul" m={0} p={0}>
        {layer.reasons.map(reason => (
          <Group key={reason.message} gap="xs" wrap="nowrap" align="start" component="li">
            <Badge color={colors[reason.effect] ?? 'gray'} miw={72}>
              <Effect effect={reason.effect} />
            </Badge>
            <div>
              <Text size="sm">{reason.message}</Text>
              {reason.fields && reason.fields.length > 0 && (
                <Text size="xs" c="dimmed">
                  {t('fields')}: {reason.fields.map(humanize).join(', ')}
                </Text>
              )}
            </div>
          </Group>
        ))}
      </Stack>
      {layer.remedy && (
        <Text size="sm" mt="sm">
          <strong>{t('remedy')}:</strong> {layer.remedy}
        </Text>
      )}
    </Section>
  )
}

function Effect({ effect }: { effect: string }) {
  const { t } = useTranslation('settings-explain')
  const key = known.find(name => name === effect)
  return key ? t(`effect.${key}`) : effect
}

function Withheld({ list }: { list: NonNullable<NonNullable<Answer['data']>['withheld']> }) {
  const { t } = useTranslation('settings-explain')
  return (
    <Section title={t('withheld')} count={list.length}>
      <Stack gap={6} component="ul" m={0} p={0}>
        {list.map(({ field, reasons }) => (
          <Text key={field} size="sm" component="li" style={{ listStyle: 'none' }}>
            <strong>{humanize(field)}</strong> {reasons?.map(reason => reason.message).join(' · ')}
          </Text>
        ))}
      </Stack>
    </Section>
  )
}
