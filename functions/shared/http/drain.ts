import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/** Idle connections stay as long: a request that was sent before the client knew of the end still gets its answer. */
const idleGraceMs = 1_000
/** A body that is still on its way may arrive until then; one that never does holds up nothing else. */
const bodyGraceMs = 5_000

export interface Drain {
  /** Called with each request, before it is answered. */
  begin(incoming: IncomingMessage, outgoing: ServerResponse): void
  /** Takes no new connections; resolves when the last response is out and every connection is closed. */
  run(): Promise<void>
}

/**
 * Ends a server without a reset: from now on each response says `Connection: close`, idle connections are closed a second
 * later, and what has sent no whole request by the time that all others are answered is closed too.
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

  /** Resolves when nothing is in flight, or after `ms` nothing that has arrived whole. */
  async function answered(ms: number): Promise<void> {
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
      // Of the class below, since that of HTTP closes idle connections at once.
      const closed = new Promise<void>(resolve => NetServer.prototype.close.call(server, () => resolve()))
      await new Promise(resolve => setTimeout(resolve, idleGraceMs))
      server.closeIdleConnections()
      await answered(graceMs)
      // What is left has begun a request and not ended it, or is about to close by itself.
      server.closeIdleConnections()
      for (const socket of sockets) socket.destroySoon()
      await closed
    },
  }
}
