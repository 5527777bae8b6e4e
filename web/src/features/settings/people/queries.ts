import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { useMe } from '@/app/useMe'
import type { PeopleSearch } from './routes'

type Schemas = components['schemas']

export type Person = Schemas['Person']
export type PersonChange = Schemas['PersonChangeBody']
export type Attribute = Schemas['Attribute']
export type Membership = Schemas['RoleBody']

const pageSize = 50

/** The attributes that people may have, whether anybody has them or not. */
export const attributesQuery = queryOptions({
  queryKey: ['people', 'attributes'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/attributes', { signal }))).attributes,
  staleTime: 60_000,
})

/** Everybody who matches, a page after the other. */
export function peopleQuery({ q, department, role, active }: PeopleSearch) {
  return infiniteQueryOptions({
    queryKey: ['people', 'list', { q, department, role, active }],
    queryFn: ({ pageParam, signal }) =>
      body(
        api.GET('/api/people', {
          params: {
            query: {
              q,
              department,
              role,
              active: active && active === 'yes',
              limit: pageSize,
              cursor: pageParam,
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: last => last.next_cursor,
  })
}

/** One person with attributes and capabilities. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: ({ signal }): Promise<Person> => body(api.GET('/api/people/{id}', { params: { path: { id } }, signal })),
  })

export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: async ({ signal }) => (await body(api.GET('/api/departments', { signal }))).departments,
})

/** A role as far as it matters for giving it. */
export type RoleName = { name: string; title: string; description?: string }

/**
 * The roles that there are. Only those who may read the policy know them all; for
 * others it is their own roles and those that people on this list hold already.
 */
export function useRoles(held: string[] = []): RoleName[] {
  const me = useMe()
  const may = me.capabilities.includes('policy.manage') || me.capabilities.includes('audit.read')
  const { data } = useQuery({
    queryKey: ['policy', 'roles'],
    queryFn: async ({ signal }) => (await body(api.GET('/api/policy', { signal }))).document.roles ?? [],
    enabled: may,
    staleTime: 60_000,
  })
  return useMemo(() => {
    const roles = new Map<string, RoleName>()
    for (const name of [...me.roles, ...held]) roles.set(name, { name, title: titleOf(name) })
    for (const role of data ?? []) {
      roles.set(role.name, { name: role.name, title: role.title || titleOf(role.name), description: role.description })
    }
    return [...roles.values()].sort((a, b) => a.title.localeCompare(b.title))
  }, [data, me.roles, held])
}

/** `sales-rep` → `Sales rep`, where a role has no title or it is not known. */
export function titleOf(role: string): string {
  const words = role.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
