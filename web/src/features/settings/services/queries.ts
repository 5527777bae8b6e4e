import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, body } from '@/api/client'
import type { components } from '@/api/schema.gen'

type Schemas = components['schemas']

export type Service = Schemas['Service']
export type ServiceChange = Schemas['ServiceChange']
export type NewService = Schemas['ServiceBody']
export type Tried = Schemas['ServiceTried']

/** The name of the planner, which is always there. */
export const planner = 'offline'

/** Every model service, the default one first. For services.manage and policy.manage. */
export const servicesQuery = queryOptions({
  queryKey: ['services'],
  queryFn: async ({ signal }): Promise<Service[]> => (await body(api.GET('/api/services', { signal }))).services,
})

/** Calls that change services. What was sent, keys above all, is forgotten as soon as it is answered. */
function useServiceMutation<In, Out>(mutationFn: (input: In) => Promise<Out>) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn,
    gcTime: 0,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: servicesQuery.queryKey }),
  })
}

export const useAddService = () =>
  useServiceMutation((service: NewService): Promise<Service> => body(api.POST('/api/services', { body: service })))

export const useChangeService = (name: string) =>
  useServiceMutation(
    (change: ServiceChange): Promise<Service> =>
      body(api.PATCH('/api/services/{name}', { params: { path: { name } }, body: change })),
  )

export const useRemoveService = (name: string) =>
  useServiceMutation(async () => {
    await api.DELETE('/api/services/{name}', { params: { path: { name } } })
  })

export const useTestService = (name: string) =>
  useServiceMutation(
    (): Promise<Tried> => body(api.POST('/api/services/{name}/test', { params: { path: { name } }, body: {} })),
  )
