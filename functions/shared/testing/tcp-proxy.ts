import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/** State of the connection to a server: forwards, resets clients, or accepts data without replying. */
export type Way = 'open' | 'resets' | 'silent'

/** A way to a real server that a test can break. `change` gets each chunk from the server. */
export async function createTcpProxy(
  target: { readonly host: string; readonly port: number },
  change?: (chunk: Buffer) => Buffer,
) {
  const sockets = new Set<Socket>()
  let way: Way = 'open'
  let port = 0

  const server = createServer({ pauseOnConnect: true }, client => {
    keep(client)
    if (way === 'resets') client.resetAndDestroy()
    if (way !== 'open') return
    const upstream = keep(connect(target.port, target.host))
    client.resume()
    client.pipe(upstream)
    if (change === undefined) upstream.pipe(client)
    else upstream.on('data', chunk => Buffer.isBuffer(chunk) && client.write(change(chunk)))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })

  function keep(socket: Socket): Socket {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    return socket
  }

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Nothing listens any more: who comes is refused. */
  async function close(): Promise<void> {
    for (const socket of sockets) socket.resetAndDestroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }

  await listen()
  afterAll(close)
  return {
    port: () => port,
    listen,
    close,
    set(next: Way): void {
      way = next
      if (next === 'open') return
      for (const socket of sockets) {
        if (next === 'resets') socket.resetAndDestroy()
        else {
          socket.unpipe()
          socket.pause()
        }
      }
    },
  }
}
