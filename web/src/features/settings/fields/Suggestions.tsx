import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { Data } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import { useModelText } from '@/shared/useModelText'
import { addressOf, useModelCollections } from '../policy/model'
import type { FieldChange } from './ReviewField'

/** Fields that look more sensitive than they are tagged; nothing where there are none. */
export function Suggestions({ onReview }: { onReview: (change: FieldChange) => void }) {
  const { t } = useTranslation('settings-fields')
  const { t: tp } = useTranslation('settings-policy')
  const model = useModelText()
  const collections = useModelCollections()
  const query = useQuery({
    queryKey: ['model', 'suggestions'],
    queryFn: ({ signal }) => body(api.GET('/api/model/suggestions', { signal })),
  })
  if (query.data?.suggestions.length === 0) return null
  return (
    <Section title={t('suggestions')} count={query.data?.suggestions.length}>
      <Data query={query}>
        {({ suggestions }) => (
          <Stack gap="xs" component="ul" m={0} p={0}>
            {suggestions.map(({ data_source, collection, field, title, suggested, reason }) => {
              const of = collections.get(addressOf(data_source, collection))
              const names = {
                collection: of ? model.collection(of) : collection,
                field: model.field({ name: field, title }),
              }
              const level = tp(`level.${suggested.sensitivity as 'public'}`)
              return (
                <Group key={`${data_source}/${collection}/${field}`} component="li" justify="space-between">
                  <div>
                    <Group gap="xs">
                      <Text size="sm" fw={500}>
                        {t('suggestion', names)}
                      </Text>
                      <Badge color="orange">{suggested.personal ? t('suggested', { level }) : level}</Badge>
                    </Group>
                    <Text size="xs" c="dimmed">
                      {reason}
                    </Text>
                  </div>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('apply', names)}
                    onClick={() =>
                      onReview({
                        data_source,
                        collection,
                        field,
                        sensitivity: suggested.sensitivity as 'public',
                        personal: suggested.personal,
                      })
                    }
                  >
                    {t('review')}
                  </Button>
                </Group>
              )
            })}
          </Stack>
        )}
      </Data>
    </Section>
  )
}
