import https from 'node:https'
import { toFetchResponse } from '../cluster/fetch-response.ts'
import { type Endpoint, hostOf } from '../cluster/http-probe.ts'
import type { Exchange } from './exchanges.ts'

/** Longer than any request may take: what exceeds it is a request that got lost. */
const timeoutMs = 30_000

/** `fetch` over HTTPS to the local gateway, on connections that stay open; tells `record` about each exchange. */
export function createGatewayFetch(
  endpoint: Endpoint,
  record: (exchange: Exchange) => void,
  maxSockets = 64,
): typeof fetch {
  const { address: host, port, authority, ca } = endpoint
  const servername = hostOf(endpoint)
  const agent = new https.Agent({ keepAlive: true, maxSockets, ca, servername, timeout: timeoutMs })

  return (input, init = {}) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input)
    const method = init.method ?? 'GET'
    const body = typeof init.body === 'string' ? init.body : undefined
    const headers: Record<string, string> = { host: authority }
    new Headers(init.headers).forEach((value, name) => {
      headers[name] = value
    })
    if (body !== undefined) headers['content-length'] = `${Buffer.byteLength(body)}`
    const sentMs = performance.now()
    const note = (outcome: number | string, more: Partial<Exchange> = {}) =>
      record({
        ...{ method, path: pathname, outcome, sentMs, receivedMs: performance.now() },
        ...{ saysWhen: false, isForeign: false, text: '', ...more },
      })

    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => {
        note(error.code ?? error.name, { isForeign: true, text: error.message })
        reject(error)
      }
      const request = https.request({ host, port, method, path: pathname + search, headers, agent })
      request.setTimeout(timeoutMs, () =>
        request.destroy(Object.assign(new Error('no response'), { code: 'TIMEOUT' })),
      )
      request.on('error', fail)
      request.on('response', response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', fail)
        response.on('end', () => {
          const status = response.statusCode ?? 0
          const content = Buffer.concat(chunks)
          const isProblem = response.headers['content-type']?.includes('problem+json') ?? false
          const isForeign = status >= 400 && !isProblem
          note(status, {
            saysWhen: response.headers['retry-after'] !== undefined,
            isForeign,
            text: status >= 400 ? content.toString().slice(0, 200) : '',
          })
          resolve(toFetchResponse({ status, headers: response.headers }, content))
        })
      })
      request.end(body)
    })
  }
}
