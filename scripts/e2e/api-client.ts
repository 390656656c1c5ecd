import { type Client, createClient } from '../../functions/client/index.ts'
import { probe } from '../cluster/http-probe.ts'
import { gateway } from './api.ts'

/** The client of functions/client, which trusts the local certificate authority alone: what a team would use. */
export const apiClient = (): Client =>
  createClient({ baseUrl: `https://${gateway.secure.authority}`, fetch: fetchFromGateway })

const fetchFromGateway: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  const { pathname, search } = new URL(request.url)
  const text = await request.text()
  const { status, headers, ...response } = await probe(gateway.secure, `${pathname}${search}`, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    ...(text !== '' && { body: JSON.parse(text) }),
  })
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return new Response([204, 304].includes(status) ? null : response.text, { status, headers: pairs })
}
