import { FileInput, Stack, Text } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorAlert, LoadingState } from '@/shared/DataStates'
import { Section } from '@/shared/Section'
import type { CollectionMeta } from '@/shared/useCollection'
import { type Preview, previewImport } from './api'

type Props = { collection: CollectionMeta; onChosen: (chosen: { file: File; preview: Preview }) => void }

/** Takes a file and has the server look into it. */
export function ChooseFile({ collection, onChosen }: Props) {
  const { t } = useTranslation('records')
  const look = useMutation({
    mutationFn: async (file: File) => ({ file, preview: await previewImport(collection.name, file) }),
    onSuccess: onChosen,
  })
  return (
    <Section title={t('import.choose')}>
      <Stack>
        {look.error && <ErrorAlert error={look.error} />}
        <FileInput
          label={t('import.file')}
          description={t('import.fileHint')}
          placeholder={t('import.pick')}
          accept="text/csv,.csv,.tsv,text/tab-separated-values"
          leftSection={<IconFileTypeCsv size={18} aria-hidden="true" />}
          value={look.variables ?? null}
          onChange={file => file && look.mutate(file)}
          disabled={look.isPending}
        />
        {look.isPending && <LoadingState lines={2} />}
        <Text size="sm" c="dimmed">
          {t('import.allOrNothing')}
        </Text>
      </Stack>
    </Section>
  )
}
