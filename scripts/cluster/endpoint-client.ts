import type { IncomingHttpHeaders } from 'node:http'
import { type Client, createClient } from '../../functions/client/index.ts'
import { type Endpoint, type ProbeOptions, probe } from './http-probe.ts'

/**
 * The client of functions/client at an endpoint, as a team would use it, trusting what the endpoint says alone. A request
 * is sent once, so that no failure stays unseen.
 */
export const clientAt = (endpoint: Endpoint): Client =>
  createClient({
    baseUrl: `${endpoint.tls ? 'https' : 'http'}://${endpoint.authority}`,
    fetch: fetchAt(endpoint),
    retries: 0,
  })

/** `fetch` at an endpoint, with bodies of JSON. */
export const fetchAt =
  (endpoint: Endpoint, options: Pick<ProbeOptions, 'agent' | 'timeoutMs'> = {}): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const text = await request.text()
    const response = await probe(endpoint, `${pathname}${search}`, {
      ...options,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(text !== '' && { body: JSON.parse(text) }),
    })
    return toFetchResponse(response, response.text)
  }

/** Returns what `fetch` would have resolved with. */
export function toFetchResponse(
  { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  content: string | Buffer<ArrayBuffer>,
): Response {
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  )
  return new Response([204, 304].includes(status) ? null : content, { status, headers: pairs })
}
