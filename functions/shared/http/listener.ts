import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { describeError, type Log } from '../log.ts'
import type { HttpBindings } from './context.ts'
import { LightResponse } from './light-web.ts'

/** How an app is called: `app.fetch` of Hono, or what stands before several of them. */
export type Fetch = (request: Request, bindings: HttpBindings) => unknown

/** Between `node:http` and an app that answers with light responses (see light-web.ts). */
export function createListener(fetch: Fetch, log: Log): RequestListener {
  return async (incoming, outgoing) => {
    try {
      // An absolute or asterisk form (RFC 9112, 3.2) is for proxies; nothing here is reached by it.
      if (!incoming.url?.startsWith('/')) return void outgoing.writeHead(400).end()
      // The part of Request that Hono and the body reader use, and all of it that this cast stands for.
      const request = new IncomingRequest(incoming) as unknown as Request
      write(await fetch(request, { incoming }), incoming, outgoing)
    } catch (error) {
      log.error('an answer was not sent', describeError(error))
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500).end()
    }
  }
}

class IncomingRequest {
  readonly url: string
  readonly method: string
  readonly headers: IncomingHeaders
  readonly #incoming: IncomingMessage

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
    this.method = incoming.method ?? 'GET'
    // Not the Host header: it is the client's word, and no route depends on it.
    this.url = `http://localhost${incoming.url}`
    this.headers = new IncomingHeaders(incoming)
  }

  /** Leaving it half read keeps the connection: a 413 must still reach the client. */
  get body(): AsyncIterable<Uint8Array> {
    return this.#incoming.iterator({ destroyOnReturn: false })
  }
}

class IncomingHeaders {
  readonly #incoming: IncomingMessage

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
  }

  get(name: string): string | null {
    const value = this.#incoming.headers[name.toLowerCase()]
    return (Array.isArray(value) ? value.join(', ') : value) ?? null
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const name of Object.keys(this.#incoming.headers)) visit(this.get(name) ?? '', name)
  }
}

function write(response: unknown, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!(response instanceof LightResponse)) throw new TypeError('the app answered with something else')
  const { body, status } = response
  const headers: Record<string, string | number> = Object.fromEntries(response.headers)
  if (body === null) {
    if (incoming.method !== 'HEAD' && status !== 204 && status !== 304) headers['content-length'] = 0
    outgoing.writeHead(status, headers).end()
  } else {
    headers['content-length'] = Buffer.byteLength(body)
    outgoing.writeHead(status, headers).end(body)
  }
}
