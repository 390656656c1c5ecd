import { type Client, type ClientOptions, createClient } from '../../functions/client/index.ts'
import { toFetchResponse } from './fetch-response.ts'
import { type Endpoint, probe } from './http-probe.ts'

/**
 * The client of functions/client at an endpoint, as a team would use it, trusting what the endpoint says alone. A request
 * is sent once unless `retries` is given, so that no failure stays unseen.
 */
export const clientAt = (endpoint: Endpoint, options: Partial<ClientOptions> = {}): Client =>
  createClient({
    baseUrl: `${endpoint.tls ? 'https' : 'http'}://${endpoint.authority}`,
    fetch: fetchAt(endpoint),
    retries: 0,
    ...options,
  })

const fetchAt =
  (endpoint: Endpoint): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const text = await request.text()
    const response = await probe(endpoint, `${pathname}${search}`, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(text !== '' && { body: JSON.parse(text) }),
    })
    return toFetchResponse(response, response.text)
  }
