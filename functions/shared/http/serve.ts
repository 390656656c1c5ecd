import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { describeError, type Log } from '../log.ts'
import { type ShutdownPhase, shutDownOnSignal } from '../shutdown.ts'
import { createAdmission } from './admission.ts'
import type { HttpApp } from './context.ts'
import { createDrain, type Drain } from './drain.ts'
import type { Fetch } from './listener.ts'
import { answerMalformed, refuseBadHost, refuseExpectation } from './malformed-request.ts'
import { basicHeaders } from './security-headers.ts'

/** What a function is once it is loaded: its app, what answers, and its connections in the order they close. */
export interface Composition {
  readonly app: HttpApp
  /** The app, or what stands before it. */
  readonly fetch: Fetch
  closeRedis(): Promise<void>
  closePostgres(): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  readonly log: Log
  /** Loads the application and begins to connect. Called once, when the port is already open. */
  readonly load: () => Promise<Composition>
}

/** queue-proxy keeps idle connections for 90 s; a server that closes first turns the next POST into a 502. */
const keepAliveTimeoutMs = 95_000
/** Slow-loris bound; behind Envoy and queue-proxy a whole request takes far less. */
const requestTimeoutMs = 60_000
const maxHeaderBytes = 16_384
/** Node accepts one connection per turn of its event loop. Those beyond the backlog would try again after 1, 3 and 7 s. */
const backlog = 4_096

/**
 * Listens first, then loads. The probe is answered from the first moment, since the activator lets requests through
 * only after it; requests that come before the application is loaded wait for it.
 */
export function serve({ port, log, load }: ServeOptions): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    maxHeaderSize: maxHeaderBytes,
    // Asked for below, where the answer is a problem document.
    requireHostHeader: false,
  })
  const drain = createDrain(server)
  const admission = createAdmission(log)
  const loaded = Promise.withResolvers<Composition>()
  let listener = (incoming: IncomingMessage, outgoing: ServerResponse): unknown =>
    loaded.promise.then(() => listener(incoming, outgoing))

  server.on('request', (incoming, outgoing) => {
    drain.begin(incoming, outgoing)
    if (refuseBadHost(incoming, outgoing)) return
    if (incoming.url === '/healthz') answerProbe(outgoing)
    // The probe above is never refused: a busy pod that seems dead would be taken away.
    else if (admission.admit(incoming, outgoing)) listener(incoming, outgoing)
  })
  server.on('checkExpectation', refuseExpectation)
  server.on('clientError', answerMalformed)
  server.listen({ port, backlog }, () => {
    log.info('listening', { port: portOf(server), sinceStartMs: Math.round(performance.now()) })
    start().catch(error => {
      log.error('the application did not load', describeError(error))
      process.exit(1)
    })
  })

  async function start(): Promise<void> {
    const [{ createListener }, composition] = await Promise.all([import('./listener.ts'), load()])
    listener = createListener(composition.fetch)
    loaded.resolve(composition)
    admission.loaded()
    log.info('loaded', { sinceStartMs: Math.round(performance.now()) })
  }

  shutDownOnSignal(() => shutdownPhases(drain, loaded.promise), log)
  return server
}

/** Redis before Postgres: what is in flight may still write to Postgres, and only then tells Redis. */
export function shutdownPhases(
  drain: Pick<Drain, 'run'>,
  loaded: Promise<Pick<Composition, 'closeRedis' | 'closePostgres'>>,
): readonly ShutdownPhase[] {
  return [
    { name: 'http', timeoutMs: 20_000, run: drain.run },
    { name: 'redis', timeoutMs: 2_000, run: async () => (await loaded).closeRedis() },
    { name: 'postgres', timeoutMs: 5_000, run: async () => (await loaded).closePostgres() },
  ]
}

function answerProbe(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { ...basicHeaders, 'content-type': 'text/plain', 'cache-control': 'no-store' })
  outgoing.end('ok\n')
}

/** The port that was given, or found when 0 was asked for. */
function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}
