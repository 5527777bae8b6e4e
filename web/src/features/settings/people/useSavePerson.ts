import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { meQuery } from '@/api/queries'
import { useMe } from '@/app/useMe'
import { useNotify } from '@/shared/useNotify'
import type { Membership, Person, PersonChange } from './queries'

/** What follows a change to a person: the page and the list show it, one's own menu too. */
function useSaved(id: string) {
  const { t } = useTranslation()
  const me = useMe()
  const queryClient = useQueryClient()
  const notify = useNotify()
  return (person: Person) => {
    queryClient.setQueryData(['people', 'one', id], person)
    void queryClient.invalidateQueries({ queryKey: ['people', 'list'] })
    void queryClient.invalidateQueries({ queryKey: ['departments'] })
    if (id === me.id) void queryClient.invalidateQueries(meQuery)
    notify.done(t('error.saved'))
  }
}

/** Changes a person's profile, or whether they are active. */
export function useChangePerson(id: string) {
  const saved = useSaved(id)
  return useMutation({
    mutationFn: (change: PersonChange): Promise<Person> =>
      body(api.PATCH('/api/people/{id}', { params: { path: { id } }, body: change })),
    onSuccess: saved,
  })
}

/** Replaces a person's roles. */
export function useSetRoles(id: string) {
  const saved = useSaved(id)
  return useMutation({
    mutationFn: (roles: Membership[]): Promise<Person> =>
      body(api.PUT('/api/people/{id}/roles', { params: { path: { id } }, body: { roles } })),
    onSuccess: saved,
  })
}
