import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the scripted model does when it is asked: its words one by one, with pauses, or a call of a tool. */
export type Script = {
  /** Pieces of the answer. A number is a pause in milliseconds. */
  say?: (string | number)[]
  call?: { tool: string; arguments: unknown }
  /** What it cost, as the service counts it. */
  tokens?: number
  /** How it ends: as it should, because its own bound was reached, or the connection breaks. */
  end?: 'length' | 'cut'
  /** Answers with this status instead. */
  fail?: number
  /** Seconds that it asks to be left alone for. */
  retryAfter?: number
  /** Answers with this page instead. */
  page?: string
}

export type Model = {
  url: string
  /** Sets what to do when a question contains these words; `step` counts the calls already made. */
  on: (words: string, script: (step: number) => Script) => void
  stop: () => Promise<void>
}

type Message = { role: string; content?: unknown }

/** A service that speaks OpenAI's Chat Completions on loopback, and does what the tests tell it. */
export async function startModel(): Promise<Model> {
  const scripts = new Map<string, (step: number) => Script>()
  const server = createServer(async (request, response) => {
    const { messages } = JSON.parse(await bodyOf(request)) as { messages: Message[] }
    const asked = messages.findLastIndex(message => message.role === 'user')
    const question = JSON.stringify(messages[asked]?.content ?? '')
    const step = messages.slice(asked).filter(message => message.role === 'tool').length
    const found = [...scripts].find(([words]) => question.includes(words))
    await answer(response, found ? found[1](step) : { say: ['I have nothing to say to that.'] })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    on: (words, script) => scripts.set(words, script),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function answer(response: ServerResponse, script: Script): Promise<void> {
  if (script.fail) {
    const wait = script.retryAfter && { 'Retry-After': String(script.retryAfter) }
    response.writeHead(script.fail, { 'Content-Type': 'application/json', ...wait })
    response.end(JSON.stringify({ error: { message: 'out of order' } }))
    return
  }
  if (script.page) {
    response.writeHead(200, { 'Content-Type': 'text/html' })
    response.end(script.page)
    return
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  for (const piece of script.say ?? []) {
    if (typeof piece === 'number') await new Promise(resolve => setTimeout(resolve, piece))
    else response.write(chunk({ content: piece }))
  }
  if (script.end === 'cut') {
    await new Promise(resolve => setTimeout(resolve, 100)) // what was said goes out first
    response.destroy()
    return
  }
  if (script.call) response.write(chunk({ tool_calls: [called(script.call)] }))
  response.write(chunk({}, script.end ?? (script.call ? 'tool_calls' : 'stop'), script.tokens))
  response.end('data: [DONE]\n\n')
}

function called({ tool, arguments: args }: { tool: string; arguments: unknown }) {
  const id = `call-${Math.random()}`
  return { index: 0, id, type: 'function', function: { name: tool, arguments: JSON.stringify(args) } }
}

function chunk(delta: unknown, finish: string | null = null, tokens?: number): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  const usage = tokens && { usage: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens } }
  return `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'scripted', choices, ...usage })}\n\n`
}
