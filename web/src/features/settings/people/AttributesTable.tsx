import { ActionIcon, Code, Group, Table, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '@/api/client'
import { useConfirm } from '@/shared/useConfirm'
import { useNotify } from '@/shared/useNotify'
import { type Attribute, attributesQuery } from './queries'

type Props = { attributes: Attribute[]; onChange: (attribute: Attribute) => void }

/** The attributes, one a line. What the policy names can neither go nor change, and says so. */
export function AttributesTable({ attributes, onChange }: Props) {
  const { t } = useTranslation(['settings-people', 'common'])
  const heads = ['name', 'type', 'holders', 'usedBy'] as const
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {heads.map(head => (
              <Table.Th key={head} scope="col">
                {t(head)}
              </Table.Th>
            ))}
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attributes.map(attribute => (
            <Line key={attribute.name} attribute={attribute} onChange={onChange} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Line({ attribute, onChange }: { attribute: Attribute; onChange: Props['onChange'] }) {
  const { t } = useTranslation(['settings-people', 'common'])
  const remove = useRemove()
  const { name, people, uses = [] } = attribute
  const type = t(`typeName.${attribute.type}`)
  return (
    <Table.Tr>
      <Table.Td>
        <Code>user.{name}</Code>
      </Table.Td>
      <Table.Td>{attribute.list ? t('listOf', { type }) : type}</Table.Td>
      <Table.Td>{people}</Table.Td>
      <Table.Td maw={320}>
        {uses.length === 0 ? (
          <Text c="dimmed" size="sm">
            —
          </Text>
        ) : (
          uses.map(use => (
            <Text key={`${use.part} ${use.collection} ${use.name}`} size="sm">
              {t(`part.${use.part}`, { name: use.name, collection: use.collection })}
            </Text>
          ))
        )}
      </Table.Td>
      <Table.Td>
        {uses.length === 0 && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <ActionIcon aria-label={t('changeType', { name })} onClick={() => onChange(attribute)}>
              <IconPencil size={16} />
            </ActionIcon>
            <ActionIcon
              color="red"
              aria-label={t('removeAttribute', { name })}
              loading={remove.pending === name}
              onClick={() => void remove.ask(attribute)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        )}
        {uses.length > 0 && (
          <Text c="dimmed" size="xs" ta="right">
            {t('inUse')}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function useRemove() {
  const { t } = useTranslation(['settings-people', 'common'])
  const confirm = useConfirm()
  const notify = useNotify()
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: ({ name, people }: Attribute) =>
      api.DELETE('/api/attributes/{name}', { params: { path: { name }, query: { people } } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['people'] }),
    onError: error => {
      notify.problem(error)
      void queryClient.invalidateQueries(attributesQuery)
    },
  })
  return {
    pending: remove.isPending ? remove.variables.name : undefined,
    ask: async (attribute: Attribute) => {
      const question = {
        title: t('removeTitle', { name: attribute.name }),
        text: t(attribute.people > 0 ? 'losing' : 'losingNobody', { count: attribute.people }),
        confirm: t('remove'),
      }
      if (await confirm({ ...question, danger: true })) remove.mutate(attribute)
    },
  }
}
