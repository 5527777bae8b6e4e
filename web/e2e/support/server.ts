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
  /** Ends it as a power cut does. */
  kill: () => Promise<void>
  /** Starts it again after that, at the same address. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** Serves a copy of the seeded company on a free port of loopback, with variables beside those of the environment. */
export async function startServer(seeded: string, env: Record<string, string> = {}): Promise<Server> {
  const data = await mkdtemp(join(tmpdir(), 'remit-e2e-server-'))
  await cp(seeded, data, { recursive: true })
  const run = (at: string) =>
    spawn(binary, ['demo', '--data', data, '--addr', at], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
  let child = run('127.0.0.1:0')
  const url = await address(child)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  return {
    url,
    data,
    kill: () => end('SIGKILL'),
    start: async () => {
      child = run(new URL(url).host)
      await address(child)
    },
    stop: async () => {
      await end('SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
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
