/** What `remit demo --json` tells of the demo company. */
export type Company = {
  company: string
  people: { name: string; email: string; password: string; roles: string[]; department?: string }[]
}

declare module 'vitest' {
  interface ProvidedContext {
    company: Company
    seeded: string
  }
}
