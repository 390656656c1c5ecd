import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** How long idle connections stay open: a request sent before the client notices the end still gets a response. */
const idleGraceMs = 1_000
/** How long an incomplete body may keep arriving; one that never completes delays nothing else. */
const bodyGraceMs = 5_000

export interface Drain {
  /** Called with each request before its response. */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** Accepts no new connections; resolves when the last response is sent and every connection is closed. */
  run(): Promise<void>
}

/**
 * Stops a server without resets: each further response carries `Connection: close`, idle connections are closed after a
 * second, and a connection with an incomplete request is closed once all complete ones have their response.
 */
export function createDrain(server: Server, graceMs = bodyGraceMs): Drain {
  const inFlight = new Map<ServerResponse, IncomingMessage>()
  const sockets = new Set<Socket>()
  let isDraining = false
  let onIdle: () => void = () => undefined

  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  const arrived = () => [...inFlight.values()].some(incoming => incoming.complete)

  /** Resolves when nothing is in flight, or after `ms` no complete request. */
  async function settled(ms: number): Promise<void> {
    let isOver = false
    await new Promise<void>(resolve => {
      onIdle = () => {
        if (inFlight.size === 0 || (isOver && !arrived())) resolve()
      }
      setTimeout(() => {
        isOver = true
        onIdle()
      }, ms).unref()
      onIdle()
    })
  }

  return {
    begin(incoming, outgoing) {
      if (isDraining) outgoing.setHeader('connection', 'close')
      inFlight.set(outgoing, incoming)
      outgoing.once('close', () => {
        inFlight.delete(outgoing)
        onIdle()
      })
    },

    async run() {
      isDraining = true
      for (const outgoing of inFlight.keys())
        if (!outgoing.headersSent) outgoing.setHeader('connection', 'close')
      // `close` of the parent class: that of HTTP closes idle connections at once.
      const closed = new Promise<void>(resolve => NetServer.prototype.close.call(server, () => resolve()))
      await new Promise(resolve => setTimeout(resolve, idleGraceMs))
      server.closeIdleConnections()
      await settled(graceMs)
      // The remaining connections have an incomplete request or are about to close.
      server.closeIdleConnections()
      for (const socket of sockets) socket.destroySoon()
      await closed
    },
  }
}
