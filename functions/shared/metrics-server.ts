import { createServer, type Server } from 'node:http'
import { describeError, type Log } from './log.ts'
import { renderCounters } from './metrics.ts'

/**
 * The counters on a port of their own. Kourier and queue-proxy lead to the function's port only, so nobody outside the
 * cluster can ask; a network policy lets Prometheus alone in.
 */
export function serveMetrics(port: number, log: Log): Server {
  const server = createServer((incoming, outgoing) => {
    if (incoming.url !== '/metrics') return outgoing.writeHead(404).end()
    outgoing.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    return outgoing.end(renderCounters())
  })
  // The function is of use without its counters.
  server.on('error', error => log.error('METRICS_PORT cannot be opened', describeError(error)))
  // A scraper's open connection must not keep a draining function alive.
  return server.listen(port).unref()
}
