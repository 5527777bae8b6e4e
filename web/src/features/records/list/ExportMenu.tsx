import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useNotify } from '@/shared/useNotify'
import type { ApiFilter } from './search'

type Props = { collection: string; filter: ApiFilter | undefined; sort: string[]; columns: string[]; count?: string }

/** Everything that is filtered, as a file. For those who may export. */
export function ExportMenu({ collection, filter, sort, columns, count }: Props) {
  const { t } = useTranslation('records')
  const notify = useNotify()
  const run = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const { data } = await api.POST('/api/collections/{name}/export', {
        params: { path: { name: collection } },
        body: { format, filter, sort, fields: columns },
        parseAs: 'blob',
      })
      download(data as unknown as Blob, `${collection}.${format}`)
    },
    onSuccess: () => notify.done(t('export.done')),
    onError: notify.problem,
  })
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />} loading={run.isPending}>
          {t('export.title')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {count !== undefined && <Menu.Label>{t('export.what', { shown: count })}</Menu.Label>}
        <Menu.Item onClick={() => run.mutate('csv')}>{t('export.csv')}</Menu.Item>
        <Menu.Item onClick={() => run.mutate('json')}>{t('export.json')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
