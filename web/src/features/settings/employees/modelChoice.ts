import type { Service } from '../services/queries'

/** Stands, among the models of a service, for every other. */
export const everyModel = '*'

/** The service that answers for an AI employee which names this one; undefined if none can. */
export const chosenOf = (services: Service[], named: string): Service | undefined =>
  services.find(s => s.usable && (named ? s.name === named : s.default))

/** Whether the service is said to have the model; the usual one always. */
export const isListed = (service: Service, model: string): boolean =>
  !model || model === service.model || service.models.some(m => m.name === model || m.name === everyModel)
