import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

export type Line = {
  /** Where the server is reached over this line. */
  url: string
  /** Breaks what is open, and lets nothing through. */
  cut: () => void
  mend: () => void
  stop: () => Promise<void>
}

/** A line to the server that can be cut, as the network between a browser and its server is. */
export async function startLine(to: string): Promise<Line> {
  const { hostname, port } = new URL(to)
  const sockets = new Set<Socket>()
  let broken = false
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    return socket
  }
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer(near => {
    if (broken) return void near.destroy()
    const far = keep(connect(Number(port), hostname))
    keep(near).pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      broken = true
      cut()
    },
    mend: () => {
      broken = false
    },
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        cut()
      }),
  }
}
