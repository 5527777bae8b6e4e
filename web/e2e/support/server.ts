import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary } from './paths'

export type Server = {
  /** http://127.0.0.1:PORT */
  url: string
  /** The folder with the database, for those tests that also call the command line. */
  data: string
  stop: () => Promise<void>
}

/** Serves a copy of the seeded company on a free port of loopback, with variables beside those of the environment. */
export async function startServer(seeded: string, env: Record<string, string> = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'remit-e2e-server-'))
  await cp(seeded, data, { recursive: true })
  const child = spawn(binary, ['demo', '--data', data, '--addr', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const url = await address(child)
  const stop = async () => {
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    await rm(data, { recursive: true, force: true })
  }
  return { url, data, stop }
}

/** Waits for the line that says where the server listens. */
function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer) => {
      said += chunk
      const found = /serving on (http:\S+)/.exec(said)
      if (found?.[1]) resolve(found[1])
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', code => reject(new Error(`the server ended with ${code}: ${said}`)))
  })
}
