import { routePath } from 'hono/route'
import type { Log } from '../log.ts'
import type { HttpBindings, HttpContext, PublicBody } from './context.ts'
import { isNotModified } from './entity-tag.ts'
import type { Fetch } from './listener.ts'
import { logRequest, requestIdOf } from './request-log.ts'

/** How long somebody may be shown what this process has just shown another. */
const recentMs = 250
/** Bounds on what lies in memory; the oldest goes first. A page of 100 posts with their texts has a million characters. */
const maxAnswers = 1_000
const maxCharacters = 4_000_000

interface Kept extends PublicBody {
  readonly headers: Readonly<Record<string, string>>
  readonly untilMs: number
}

export interface RecentAnswers {
  /** Stands before an app: what it has just answered is answered again without it. */
  before(fetch: Fetch): Fetch
  /** All: a change of one post is a change of lists too, and everything is loaded again within milliseconds. */
  forget(): void
}

/**
 * The last public answers of this process, for those who send no token: without routing and the middleware, which are
 * half of what a read costs whose rows are in memory, and without a look into Redis.
 */
export function createRecentAnswers(log: Log, now = () => performance.now()): RecentAnswers {
  const answers = new Map<string, Kept>()
  let characters = 0
  let changes = 0

  function find(key: string): Kept | undefined {
    const kept = answers.get(key)
    if (kept === undefined || now() < kept.untilMs) return kept
    remove(key, kept)
    return undefined
  }

  function remove(key: string, { text }: Kept): void {
    answers.delete(key)
    characters -= text.length
  }

  function keep(key: string, kept: Kept): void {
    if (kept.text.length > maxCharacters) return
    const former = answers.get(key)
    if (former !== undefined) remove(key, former)
    answers.set(key, kept)
    characters += kept.text.length
    for (const [oldest, one] of answers) {
      if (answers.size <= maxAnswers && characters <= maxCharacters) return
      remove(oldest, one)
    }
  }

  async function answerFirst(key: string, fetch: Fetch, request: Request, bindings: HttpBindings) {
    // From before it is made: it may be of before a change meanwhile, and one that took long is of no use any more.
    const changesBefore = changes
    const untilMs = now() + recentMs
    let body: PublicBody | undefined
    const keepBody = (given: PublicBody) => {
      body = given
    }
    const response = await fetch(request, { ...bindings, keep: keepBody })
    if (body === undefined || changes !== changesBefore) return response
    keep(key, { ...body, headers: Object.fromEntries(response.headers), untilMs })
    return response
  }

  return {
    before: fetch => (request, bindings) => {
      const { method, url, headers } = bindings.incoming ?? {}
      if (method !== 'GET' || headers === undefined || 'authorization' in headers)
        return fetch(request, bindings)
      const startMs = performance.now()
      // Browsers on another origin get the headers of CORS besides.
      const key = headers.origin === undefined ? `${url}` : `${url} ${headers.origin}`
      const kept = find(key)
      if (kept === undefined) return answerFirst(key, fetch, request, bindings)
      const requestId = requestIdOf(headers['x-request-id'])
      const response = answerAgain(kept, requestId, headers['if-none-match'])
      const { route } = kept
      const { status } = response
      logRequest(log, { requestId, traceparent: headers['traceparent'], method, route, status, startMs })
      return response
    },

    forget() {
      changes += 1
      answers.clear()
      characters = 0
    },
  }
}

function answerAgain(
  { text, contentType, headers }: Kept,
  requestId: string,
  ifNoneMatch: string | undefined,
) {
  const { etag = '' } = headers
  if (!isNotModified(ifNoneMatch, etag)) {
    return new Response(text, {
      headers: { ...headers, 'content-type': contentType, 'x-request-id': requestId },
    })
  }
  const { 'content-type': _, ...rest } = headers
  return new Response(null, { status: 304, headers: { ...rest, 'x-request-id': requestId } })
}

/** Called where the answer is made, whether it has been sent or is one that the client has already. */
export function keepAnswer(c: HttpContext, text: string, contentType = 'application/json'): void {
  c.env?.keep?.({ text, contentType, route: routePath(c) })
}
