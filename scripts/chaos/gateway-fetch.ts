import https from 'node:https'
import { fetchAt } from '../cluster/endpoint-client.ts'
import type { Endpoint } from '../cluster/http-probe.ts'
import type { Exchange } from './exchanges.ts'

/** Longer than any request may take: what exceeds it is a request that got lost. */
const timeoutMs = 30_000

/** `fetch` over HTTPS to the local gateway, on connections that stay open; tells `record` about each exchange. */
export function createGatewayFetch(
  endpoint: Endpoint,
  record: (exchange: Exchange) => void,
  maxSockets = 64,
): typeof fetch {
  const agent = new https.Agent({ keepAlive: true, maxSockets, timeout: timeoutMs })
  const send = fetchAt(endpoint, { agent, timeoutMs })

  return async (input, init = {}) => {
    const { pathname: path } = new URL(input instanceof Request ? input.url : input)
    const method = init.method ?? 'GET'
    const sentMs = performance.now()
    const note = (outcome: number | string, isForeign: boolean, text = '', saysWhen = false) =>
      record({ method, path, outcome, sentMs, receivedMs: performance.now(), saysWhen, isForeign, text })
    try {
      const response = await send(input, init)
      const isProblem = response.headers.get('content-type')?.includes('problem+json') ?? false
      const hasFailed = response.status >= 400
      const text = hasFailed ? (await response.clone().text()).slice(0, 200) : ''
      note(response.status, hasFailed && !isProblem, text, response.headers.has('retry-after'))
      return response
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      const { name, message } = error instanceof Error ? error : new Error(String(error))
      note(String(code ?? name), true, message)
      throw error
    }
  }
}
