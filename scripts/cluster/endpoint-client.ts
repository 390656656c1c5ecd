import { type Client, createClient } from '../../functions/client/index.ts'
import { toFetchResponse } from './fetch-response.ts'
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
