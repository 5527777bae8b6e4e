import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the scripted model does when it is asked: its words one by one, with pauses, or a call of a tool. */
export type Script = {
  /** Pieces of the answer. A number is a pause in milliseconds. */
  say?: (string | number)[]
  call?: { tool: string; arguments: unknown }
  /** Answers with this status instead. */
  fail?: number
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
    response.writeHead(script.fail, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ error: { message: 'out of order' } }))
    return
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const send = (delta: unknown, finish: string | null = null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', model: 'scripted', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    )
  for (const piece of script.say ?? []) {
    if (typeof piece === 'number') await new Promise(resolve => setTimeout(resolve, piece))
    else send({ content: piece })
  }
  if (script.call) {
    const { tool, arguments: args } = script.call
    send({
      tool_calls: [
        {
          index: 0,
          id: `call-${Math.random()}`,
          type: 'function',
          function: { name: tool, arguments: JSON.stringify(args) },
        },
      ],
    })
  }
  send({}, script.call ? 'tool_calls' : 'stop')
  response.end('data: [DONE]\n\n')
}
