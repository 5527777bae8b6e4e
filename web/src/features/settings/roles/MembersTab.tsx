import { ActionIcon, Badge, Button, Group, Stack, Table, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { useMe } from '@/app/useMe'
import { EmptyState, ErrorState, LoadingState } from '@/shared/DataStates'
import { DateInput } from '@/shared/date/DateInput'
import { today } from '@/shared/date/readDate'
import { RelationInput } from '@/shared/RelationInput'
import { useNotify } from '@/shared/useNotify'
import { usePolicy } from '../policy/draft'
import type { Role } from '../policy/types'

type Person = components['schemas']['Person']

/** Who holds the role. Unlike the rest of the page, changes here hold at once. */
export function MembersTab({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const { held } = usePolicy()
  const me = useMe()
  if (!me.capabilities.includes('people.manage')) return <EmptyState title={t('members.denied')} />
  if (!held.document.roles?.some(r => r.name === role.name))
    return <EmptyState title={t('members.unsaved')}>{t('members.unsavedHint')}</EmptyState>
  return <Members role={role.name} />
}

function Members({ role }: { role: string }) {
  const { t } = useTranslation('settings-roles')
  const query = useInfiniteQuery({
    queryKey: ['people', 'of-role', role],
    queryFn: ({ pageParam, signal }) =>
      body(api.GET('/api/people', { params: { query: { role, limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.next_cursor,
  })
  const people = query.data?.pages.flatMap(page => page.people)
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('members.at')}
      </Text>
      <AddMember role={role} />
      {query.isError && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <LoadingState lines={4} />}
      {people?.length === 0 && <EmptyState title={t('members.empty')}>{t('members.emptyHint')}</EmptyState>}
      {people && people.length > 0 && (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('members.person')}</Table.Th>
                <Table.Th>{t('members.department')}</Table.Th>
                <Table.Th>{t('members.until')}</Table.Th>
                <Table.Td />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {people.map(person => (
                <Member key={person.id} person={person} role={role} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('members.more')}
        </Button>
      )}
    </Stack>
  )
}

type Holding = Person['roles'][number]

/** Changes which roles somebody holds, by what is held now. */
function useHold(role: string, said: (person: Person) => string) {
  const notify = useNotify()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, change }: { id: string; change: (roles: Holding[]) => Holding[] }) => {
      const path = { params: { path: { id } } }
      const person = await body(api.GET('/api/people/{id}', path))
      await body(api.PUT('/api/people/{id}/roles', { ...path, body: { roles: change(person.roles) } }))
      return person
    },
    onSuccess: async person => {
      await client.invalidateQueries({ queryKey: ['people'] })
      notify.done(said(person))
    },
    onError: error => notify.problem(error),
    meta: { role },
  })
}

function AddMember({ role }: { role: string }) {
  const { t } = useTranslation('settings-roles')
  const [chosen, setChosen] = useState<string | null>(null)
  const hold = useHold(role, person => t('members.added', { name: person.name }))
  const add = (id: string) =>
    hold.mutate(
      { id, change: roles => [...roles.filter(r => r.name !== role), { name: role }] },
      { onSuccess: () => setChosen(null) },
    )
  return (
    <Group align="end">
      <RelationInput
        key={chosen ?? 'none'}
        field={{ name: 'person', target: 'people' }}
        label={t('members.add')}
        value={chosen}
        onChange={setChosen}
      />
      <Button disabled={!chosen} loading={hold.isPending} onClick={() => chosen && add(chosen)}>
        {t('members.addButton')}
      </Button>
    </Group>
  )
}

function Member({ person, role }: { person: Person; role: string }) {
  const { t } = useTranslation('settings-roles')
  const remove = useHold(role, () => t('members.removed', { name: person.name }))
  const end = useHold(role, () => t('members.changed'))
  const until = person.roles.find(r => r.name === role)?.not_after
  const setEnd = (day: string | null) => {
    const not_after = day ? new Date(`${day}T00:00:00`).toISOString() : undefined
    end.mutate({ id: person.id, change: roles => roles.map(r => (r.name === role ? { name: role, not_after } : r)) })
  }
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500}>
          {person.name} {!person.active && <Badge color="gray">{t('members.inactive')}</Badge>}
        </Text>
        <Text size="xs" c="dimmed">
          {person.email}
        </Text>
      </Table.Td>
      <Table.Td>{person.department?.name}</Table.Td>
      <Table.Td>
        <DateInput
          aria-label={t('members.untilOf', { name: person.name })}
          placeholder={t('members.always')}
          value={until ? until.slice(0, 10) : null}
          minDate={today()}
          onChange={setEnd}
          clearable
          maw={170}
        />
      </Table.Td>
      <Table.Td w={48}>
        <ActionIcon
          aria-label={t('members.remove', { name: person.name })}
          loading={remove.isPending}
          onClick={() => remove.mutate({ id: person.id, change: roles => roles.filter(held => held.name !== role) })}
        >
          <IconX size={16} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  )
}
