import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { describeError, type Log } from '../log.ts'
import { type ShutdownPhase, shutDownOnSignal } from '../shutdown.ts'
import { createAdmission } from './admission.ts'
import type { HttpApp } from './context.ts'
import { createDrain, type Drain } from './drain.ts'
import type { Fetch } from './listener.ts'
import { refuseInvalid, refuseMalformed } from './malformed-request.ts'
import { createNeighbours } from './neighbours.ts'
import { basicHeaders } from './security-headers.ts'

/** The entry point of the requests of a process, and the functions that close its connections, in order. */
export interface Backend {
  readonly fetch: Fetch
  /** False when a request that writes to this target would wait for Postgres for too long. */
  readonly hasRoomForWrites?: (target: string) => boolean
  closeRedis(): Promise<void>
  closePostgres(): Promise<void>
}

/** A composed function; its `fetch` is its app, or a cache in front of it. */
export interface Composition extends Backend {
  readonly app: HttpApp
}

export interface ServeOptions {
  readonly port: number
  readonly log: Log
  /** Origins of the functions that the first request wakes as well. */
  readonly neighbourUrls?: readonly string[]
  /** Origins whose pages may read responses, or `*`. */
  readonly corsOrigins?: readonly string[]
  /** Loads the application and begins to connect; called once, after the port is open. */
  readonly load: () => Promise<Backend>
}

/** queue-proxy keeps idle connections for 90 s; a server that closes first turns the next POST into a 502. */
const keepAliveTimeoutMs = 95_000
/** Bounds slow-loris attacks; behind Envoy and queue-proxy a whole request takes far less. */
const requestTimeoutMs = 60_000
const maxHeaderBytes = 16_384
/** Node accepts one connection per turn of its event loop. Those beyond the backlog retry after 1, 3 and 7 s. */
const backlog = 4_096

/**
 * Listens first, then loads. The probe succeeds from the first moment, since the activator forwards no request before;
 * requests that arrive while the application loads wait for it.
 */
export function serve({ port, log, neighbourUrls = [], corsOrigins = [], load }: ServeOptions): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    maxHeaderSize: maxHeaderBytes,
    // Checked below, where the response is a problem document.
    requireHostHeader: false,
  })
  const drain = createDrain(server)
  const admission = createAdmission(log, corsOrigins)
  const neighbours = createNeighbours(neighbourUrls, log)
  const loaded = Promise.withResolvers<Backend>()
  let listener = (incoming: IncomingMessage, outgoing: ServerResponse): unknown =>
    loaded.promise.then(() => listener(incoming, outgoing))

  server.on('request', (incoming, outgoing) => {
    drain.begin(incoming, outgoing)
    // Node loses what arrived together with such a request, and might read on in the middle of the next one. The upgrade is
    // ignored (RFC 9110, 7.8), and a client sends again what has no response when the connection closes (RFC 9112, 9.3.2).
    if (incoming.headers.upgrade !== undefined) outgoing.setHeader('connection', 'close')
    if (refuseInvalid(incoming, outgoing)) return
    // A probe is never refused: a busy pod that seems dead would be removed.
    if (incoming.url === '/healthz') {
      neighbours.probed(incoming)
      respondToProbe(outgoing)
    } else if (admission.admit(incoming, outgoing)) {
      neighbours.requested(incoming)
      listener(incoming, outgoing)
    }
  })
  refuseMalformed(server)
  server.on('error', error => {
    log.error(
      server.listening ? 'a connection was not accepted' : 'PORT cannot be opened',
      describeError(error),
    )
    if (!server.listening) process.exit(1)
  })
  server.listen({ port, backlog }, () => {
    log.info('listening', { port: portOf(server), sinceStartMs: Math.round(performance.now()) })
    start().catch(error => {
      log.error('the application failed to load', describeError(error))
      process.exit(1)
    })
  })

  async function start(): Promise<void> {
    const [{ createListener }, composition] = await Promise.all([import('./listener.ts'), load()])
    listener = createListener(composition.fetch)
    loaded.resolve(composition)
    admission.loaded(composition.hasRoomForWrites)
    log.info('loaded', { sinceStartMs: Math.round(performance.now()) })
  }

  shutDownOnSignal(() => shutdownPhases(drain, loaded.promise), log)
  return server
}

/** Closes Redis before Postgres: work in flight may still write to Postgres, and only then to Redis. */
export function shutdownPhases(
  drain: Pick<Drain, 'run'>,
  loaded: Promise<Pick<Backend, 'closeRedis' | 'closePostgres'>>,
): readonly ShutdownPhase[] {
  return [
    { name: 'http', timeoutMs: 20_000, run: drain.run },
    { name: 'redis', timeoutMs: 2_000, run: async () => (await loaded).closeRedis() },
    { name: 'postgres', timeoutMs: 5_000, run: async () => (await loaded).closePostgres() },
  ]
}

function respondToProbe(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { ...basicHeaders, 'content-type': 'text/plain', 'cache-control': 'no-store' })
  outgoing.end('ok\n')
}

/** The port that was given, or chosen by the system for 0. */
function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}
