import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { describeError, type Log } from '../log.ts'
import { type ShutdownPhase, shutDownOnSignal } from '../shutdown.ts'
import type { HttpApp } from './context.ts'
import type { Fetch } from './listener.ts'

/** What a function is once it is loaded: its app, what answers, and its connections in the order they close. */
export interface Assembly {
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
  readonly load: () => Promise<Assembly>
}

/** queue-proxy keeps idle connections for 90 s; a server that closes first turns the next POST into a 502. */
const keepAliveTimeoutMs = 95_000
/** Slow-loris bound; behind Envoy and queue-proxy a whole request takes far less. */
const requestTimeoutMs = 60_000
const maxHeaderBytes = 16_384

/**
 * Listens first, then loads. The probe is answered from the first moment, since the activator lets requests through
 * only after it; requests that come before the application is loaded wait for it.
 */
export function serve({ port, log, load }: ServeOptions): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    maxHeaderSize: maxHeaderBytes,
  })
  const loaded = Promise.withResolvers<Assembly>()
  let listener = (incoming: IncomingMessage, outgoing: ServerResponse): unknown =>
    loaded.promise.then(() => listener(incoming, outgoing))

  server.on('request', (incoming, outgoing) => {
    if (incoming.url === '/healthz') answerProbe(outgoing)
    else listener(incoming, outgoing)
  })
  server.listen(port, () => {
    log.info('listening', { port: portOf(server), sinceStartMs: Math.round(performance.now()) })
    start().catch(error => {
      log.error('the application did not load', describeError(error))
      process.exit(1)
    })
  })

  async function start(): Promise<void> {
    const [{ createListener }, assembly] = await Promise.all([import('./listener.ts'), load()])
    listener = createListener(assembly.fetch)
    loaded.resolve(assembly)
    log.info('loaded', { sinceStartMs: Math.round(performance.now()) })
  }

  shutDownOnSignal(() => shutdownPhases(server, loaded.promise), log)
  return server
}

/** Redis before Postgres: what is in flight may still write to Postgres, and only then tells Redis. */
export function shutdownPhases(
  server: Server,
  loaded: Promise<Pick<Assembly, 'closeRedis' | 'closePostgres'>>,
): readonly ShutdownPhase[] {
  return [
    { name: 'http', timeoutMs: 20_000, run: () => drain(server) },
    { name: 'redis', timeoutMs: 2_000, run: async () => (await loaded).closeRedis() },
    { name: 'postgres', timeoutMs: 5_000, run: async () => (await loaded).closePostgres() },
  ]
}

/** Resolves when the last answer is out. A connection is idle only after its answer, so idle ones are looked for again. */
function drain(server: Server): Promise<void> {
  return new Promise(resolve => {
    const sweep = setInterval(() => server.closeIdleConnections(), 20)
    server.close(() => {
      clearInterval(sweep)
      resolve()
    })
  })
}

function answerProbe(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
  outgoing.end('ok\n')
}

/** The port that was given, or found when 0 was asked for. */
function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}
