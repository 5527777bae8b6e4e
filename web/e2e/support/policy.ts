import type { Page } from 'playwright-core'

type Grant = { collection: string; actions: string[]; fields: string[]; scope: string }
export type Role = {
  name: string
  employees: string[]
  new_employees?: boolean
  pages?: string[]
  clearance?: string
  grants: Grant[]
}
type Remit = { sensitivity?: string; tokens_per_day?: number }
type Employee = { name: string; disabled?: boolean; tool_rules?: unknown[]; remit: Remit }
type Task = { name: string; roles?: string[]; places?: string[] }
export type Document = { roles: Role[]; employees: Employee[]; tasks: Task[] }

async function read(admin: Page): Promise<{ epoch: number; document: Document }> {
  return (await admin.request.get('/api/policy')).json()
}

async function write(admin: Page, document: Document): Promise<void> {
  const { epoch } = await read(admin)
  const put = await admin.request.put('/api/policy', { data: { document, epoch } })
  if (!put.ok()) throw new Error(`the policy was not taken: ${await put.text()}`)
}

/** Changes the policy as an administrator does, by the API. Returns what puts it back as it was. */
export async function changePolicy(admin: Page, edit: (document: Document) => void): Promise<() => Promise<void>> {
  const { document } = await read(admin)
  const before = structuredClone(document)
  edit(document)
  await write(admin, document)
  return () => write(admin, before)
}

/** What has this name. */
export function named<T extends { name: string }>(all: T[], name: string): T {
  const found = all.find(one => one.name === name)
  if (!found) throw new Error(`the policy has no ${name}`)
  return found
}
