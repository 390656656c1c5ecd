import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeError, type Log } from '../log.ts'
import { shutDownOnSignal } from '../shutdown.ts'

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown

/** What a function is once it is loaded: its request listener, and its connections in the order they close. */
export interface Assembly {
  readonly listener: Listener
  closeRedis(): Promise<void>
  closePostgres(): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  readonly log: Log
  /** Loads the application and begins to connect. Called once, when the port is already open. */
  readonly load: () => Promise<Assembly>
}

/**
 * Listens first, then loads. The probe is answered from the first moment, since the activator lets requests through
 * only after it; requests that come before the application is loaded wait for it.
 */
export async function serve({
  port,
  log,
  load,
}: ServeOptions): Promise<{ port: number; close(): Promise<void> }> {
  const loading = Promise.withResolvers<Assembly>()
  let listener: Listener = (incoming, outgoing) =>
    loading.promise.then(assembly => assembly.listener(incoming, outgoing))

  const server = createServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) => {
    if (incoming.url === '/healthz') answerProbe(outgoing)
    else listener(incoming, outgoing)
  })
  // queue-proxy keeps idle connections for 90 s; a server that closes first turns the next POST into a 502.
  server.keepAliveTimeout = 95_000
  // Slow-loris bound; Envoy and queue-proxy stand in front, so a whole request takes far less.
  server.requestTimeout = 60_000

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, resolve))
  const address = server.address() as AddressInfo
  log.info('listening', { port: address.port, sinceStartMs: Math.round(performance.now()) })

  load().then(assembly => {
    listener = assembly.listener
    loading.resolve(assembly)
    log.info('loaded', { sinceStartMs: Math.round(performance.now()) })
  }, fail)

  const drain = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
  const phases = () => [
    { name: 'http', timeoutMs: 20_000, run: drain },
    { name: 'redis', timeoutMs: 2_000, run: async () => (await loading.promise).closeRedis() },
    { name: 'postgres', timeoutMs: 5_000, run: async () => (await loading.promise).closePostgres() },
  ]
  shutDownOnSignal(phases, log)

  function fail(error: unknown) {
    log.error('the application did not load', describeError(error))
    process.exit(1)
  }

  return {
    port: address.port,
    close: async () => {
      for (const phase of phases()) await phase.run()
    },
  }
}

function answerProbe(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' })
  outgoing.end('ok\n')
}
