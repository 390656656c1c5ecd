import type { OperationRoute } from './operations.ts'
import { ApiProblem, toProblem } from './problem.ts'
import { type Representation, Representations, revive } from './representations.ts'
import { wait, waitBeforeRetry } from './retry.ts'

export interface SendOptions {
  /** The address of the host: `https://api.example.com`. */
  readonly baseUrl: string
  /** The platform's own unless given. */
  readonly fetch?: typeof fetch
  /** How often a request is sent again; 3 unless given, 0 turns it off. */
  readonly retries?: number
  /** A server that asks for a longer wait is not waited for; 10,000 unless given. */
  readonly maxWaitMs?: number
}

/** The input of a call, whatever the operation. */
export interface CallInput {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

/** Sends an operation with this access token or none. Resolves to a success, rejects with `ApiProblem` or what `fetch` rejects with. */
export type Send = (
  route: OperationRoute,
  input: CallInput,
  accessToken: string | undefined,
) => Promise<Response>

export function createSend({ baseUrl, retries = 3, maxWaitMs = 10_000, ...options }: SendOptions): Send {
  const origin = baseUrl.replace(/\/+$/, '')
  const representations = new Representations()
  const attemptFetch = options.fetch ?? ((...parameters: Parameters<typeof fetch>) => fetch(...parameters))

  async function attempt(url: string, init: RequestInit, key: string, known: Representation | undefined) {
    const response = await readAll(await attemptFetch(url, init))
    if (response.status === 304 && known !== undefined) return revive(known, response)
    if (!response.ok) throw await toProblem(response)
    return init.method === 'GET' ? representations.store(key, response) : response
  }

  return async (route, input, accessToken) => {
    const url = origin + addressOf(route.path, input)
    const headers = headersOf(input, accessToken)
    // A representation is one reader's: what another token was shown is not sent on.
    const key = `${url} ${accessToken ?? ''}`
    const known = route.method === 'GET' ? representations.find(key) : undefined
    if (known !== undefined) headers['if-none-match'] = known.etag
    const init: RequestInit = {
      method: route.method,
      headers,
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
      ...(input.signal && { signal: input.signal }),
      // The tag is ours to send: a browser's cache would answer in its place.
      ...(known !== undefined && { cache: 'no-store' as const }),
    }
    const isRepeatable =
      route.isRepeatable ?? (!['POST', 'PATCH'].includes(route.method) || 'idempotency-key' in headers)
    for (let sent = 0; ; sent += 1) {
      try {
        const response = await attempt(url, init, key, known)
        if (route.isIdempotent === true && response.status !== 201) throw notCreated(response)
        return response
      } catch (error) {
        const waitMs = isRepeatable ? waitBeforeRetry(sent, error, { retries, maxWaitMs }) : undefined
        if (waitMs === undefined) throw error
        await wait(waitMs, input.signal)
      }
    }
  }
}

/** After 301 and 302, such as to HTTPS, `fetch` repeats a POST as a GET: the list that it gets is nothing created. */
const notCreated = ({ status, headers }: Response) =>
  new ApiProblem(status, headers, {
    detail: 'Nothing was created: the request was redirected or never reached the API.',
  })

/** Waits for the whole body: a connection that is lost in the middle of it is lost like any other. */
async function readAll(response: Response): Promise<Response> {
  const { status, headers } = response
  const text = await response.text()
  return new Response(text === '' ? null : text, { status, headers })
}

function addressOf(template: string, { path = {}, query = {} }: CallInput): string {
  const address = template.replace(/\{(\w+)\}/g, (_, name: string) => segmentOf(path[name]))
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined)
  if (parameters.length === 0) return address
  return `${address}?${new URLSearchParams(parameters.map(([name, value]) => [name, String(value)]))}`
}

/** Nothing has such a name, and a URL leaves these out: `DELETE /auth/sessions/..` would be a request for another path. */
function segmentOf(name: unknown): string {
  const segment = encodeURIComponent(String(name ?? ''))
  if (!/^\.{0,2}$/.test(segment)) return segment
  throw new ApiProblem(404, new Headers(), { code: 'not_found', detail: 'Nothing has such a name.' })
}

/** The input with one key for all requests of this call, also those with a renewed token: the server does it once. */
export function withIdempotencyKey({ isIdempotent }: OperationRoute, input: CallInput): CallInput {
  if (!isIdempotent) return input
  // Pages without HTTPS have no `randomUUID`.
  const key = crypto.getRandomValues(new Uint32Array(4)).join('-')
  return { ...input, headers: { 'idempotency-key': key, ...input.headers } }
}

function headersOf({ headers = {}, body }: CallInput, accessToken: string | undefined) {
  const all: Record<string, string> = {}
  if (body !== undefined) all['content-type'] = 'application/json'
  if (accessToken !== undefined) all['authorization'] = `Bearer ${accessToken}`
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) all[name.toLowerCase()] = String(value)
  return all
}
