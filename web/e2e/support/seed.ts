import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import type { Company } from './company'
import { binary } from './paths'

/** Makes the demo company once for the whole run; every test file works on a copy of its own. */
export default async function seed(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run "make build" first, or set REMIT_BIN`)
  const folder = await mkdtemp(join(tmpdir(), 'remit-e2e-'))
  const { stdout } = await promisify(execFile)(binary, ['demo', '--data', folder, '--seed-only', '--json'])
  project.provide('company', JSON.parse(stdout) as Company)
  project.provide('seeded', folder)
  return () => rm(folder, { recursive: true, force: true })
}
