import { routePath } from 'hono/route'
import type { Log } from '../log.ts'
import { type ContentCoding, compress, preferredCoding } from './content-coding.ts'
import type { HttpBindings, HttpContext, PublicBody } from './context.ts'
import { codedTag, findMatch, withoutCoding } from './entity-tag.ts'
import type { Fetch } from './listener.ts'
import { logRequest, requestIdOf } from './request-log.ts'

/** How long a response is replayed. */
const lifetimeMs = 250
/** Bounds on memory; the oldest response goes first. A page of 100 posts with their texts has a million characters. */
const maxResponses = 1_000
const maxCharacters = 4_000_000

/** A shorter body fits into one packet with its head. */
const minCompressedLength = 1_000

interface StoredResponse extends PublicBody {
  readonly headers: Readonly<Record<string, string>>
  /** The body in the codings that were accepted; undefined while it is compressed. */
  readonly coded: Map<ContentCoding, Uint8Array | undefined>
  readonly expiresAtMs: number
}

export interface ResponseCache {
  /** Puts the cache in front of an app: a stored response is replayed without it. */
  wrap(fetch: Fetch): Fetch
  /** Removes everything: a change of one post changes lists too, and everything is loaded again within milliseconds. */
  invalidate(): void
}

/**
 * Replays the last public responses of this process to requests without a token: without routing and the middleware,
 * which are half the cost of a read whose rows are in memory, and without asking Redis.
 */
export function createResponseCache(log: Log, now = () => performance.now()): ResponseCache {
  const responses = new Map<string, StoredResponse>()
  let characters = 0
  let invalidations = 0

  function find(key: string): StoredResponse | undefined {
    const stored = responses.get(key)
    if (stored === undefined || now() < stored.expiresAtMs) return stored
    remove(key, stored)
    return undefined
  }

  function remove(key: string, { text }: StoredResponse): void {
    responses.delete(key)
    characters -= text.length
  }

  function store(key: string, response: StoredResponse): void {
    if (response.text.length > maxCharacters) return
    const former = responses.get(key)
    if (former !== undefined) remove(key, former)
    responses.set(key, response)
    characters += response.text.length
    for (const [oldest, one] of responses) {
      if (responses.size <= maxResponses && characters <= maxCharacters) return
      remove(oldest, one)
    }
  }

  async function fetchAndStore(key: string, fetch: Fetch, request: Request, bindings: HttpBindings) {
    // Both are taken before the response is made: a change during that must not be hidden by what was loaded before it.
    const invalidationsBefore = invalidations
    const expiresAtMs = now() + lifetimeMs
    let body: PublicBody | undefined
    const storeBody = (given: PublicBody) => {
      body = given
    }
    const response = await fetch(request, { ...bindings, store: storeBody })
    if (body === undefined) return response
    if (invalidations !== invalidationsBefore) return response
    const { etag = '', ...others } = Object.fromEntries(response.headers)
    // A 304 names the tag that the client has, perhaps of a coding.
    const headers = { ...others, etag: withoutCoding(etag), 'content-type': body.contentType }
    store(key, { ...body, headers, coded: new Map(), expiresAtMs })
    return response
  }

  return {
    wrap: fetch => (request, bindings) => {
      const { method, url, headers } = bindings.incoming ?? {}
      if (method !== 'GET' || headers === undefined || 'authorization' in headers)
        return fetch(request, bindings)
      const startMs = performance.now()
      // Responses to browsers on another origin also have the headers of CORS.
      const key = headers.origin === undefined ? `${url}` : `${url} ${headers.origin}`
      const stored = find(key)
      if (stored === undefined) return fetchAndStore(key, fetch, request, bindings)
      const requestId = requestIdOf(headers['x-request-id'])
      const response = replay(stored, requestId, headers['if-none-match'], headers['accept-encoding'])
      const { route } = stored
      const { status } = response
      logRequest(log, { requestId, traceparent: headers['traceparent'], method, route, status, startMs })
      return response
    },

    invalidate() {
      invalidations += 1
      responses.clear()
      characters = 0
    },
  }
}

function replay(
  stored: StoredResponse,
  requestId: string,
  ifNoneMatch: string | undefined,
  acceptEncoding: string | string[] | undefined,
): Response {
  const { text, headers } = stored
  const { etag = '' } = headers
  const match = findMatch(ifNoneMatch, etag)
  if (match !== undefined) {
    const { 'content-type': _, ...rest } = headers
    return new Response(null, { status: 304, headers: { ...rest, etag: match, 'x-request-id': requestId } })
  }
  const coding = text.length < minCompressedLength ? undefined : preferredCoding(acceptEncoding)
  const bytes = coding === undefined ? undefined : findCoded(stored, coding)
  if (coding === undefined || bytes === undefined)
    return new Response(text, { headers: { ...headers, 'x-request-id': requestId } })
  return new Response(bytes, {
    headers: {
      ...headers,
      etag: codedTag(etag, coding),
      'content-encoding': coding,
      'x-request-id': requestId,
    },
  })
}

/** Compresses once for all later requests; this one and those that arrive before it is done get the text as it is. */
function findCoded({ text, coded }: StoredResponse, coding: ContentCoding): Uint8Array | undefined {
  if (coded.has(coding)) return coded.get(coding)
  coded.set(coding, undefined)
  // Without a result the text is sent, which every client accepts.
  void compress(text, coding)
    .then(bytes => coded.set(coding, bytes))
    .catch(() => undefined)
  return undefined
}

/** Offers a public response to the cache; also one that is sent as 304, since the next client may need the body. */
export function storeResponse(c: HttpContext, text: string, contentType = 'application/json'): void {
  // Also where this one is sent as it is, to HEAD or with a token: a cache must keep the codings of a path apart.
  c.header('vary', 'Accept-Encoding', { append: true })
  c.env?.store?.({ text, contentType, route: routePath(c) })
}
