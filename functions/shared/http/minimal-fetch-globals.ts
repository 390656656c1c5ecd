/**
 * The part of the Fetch standard's Request, Headers and Response that Hono and @hono/node-server use. Node's own load all
 * of undici: the first use costs about 40 ms and 16 MB in a process that takes 35 ms to listen. Imported before
 * @hono/node-server, whose own fast classes build on these. Tests of the apps run on Node's own.
 */

type HeadersLike = Iterable<readonly [string, string]> | Readonly<Record<string, string>>

/** One value per name: this API sets no cookies, the only header whose values cannot be joined. */
class LightHeaders {
  readonly #values = new Map<string, string>()

  constructor(init?: HeadersLike | null) {
    if (init === undefined || init === null) return
    const entries = isIterable(init) ? init : Object.entries(init)
    for (const [name, value] of entries) this.append(name, value)
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value))
  }

  append(name: string, value: string): void {
    const given = this.get(name)
    this.set(name, given === null ? value : `${given}, ${value}`)
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase())
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.#values.forEach(visit)
  }

  /** For libraries that sign requests: docs/adding-a-function.md. */
  keys(): MapIterator<string> {
    return this.#values.keys()
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries()
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#values.entries()
  }
}

const isIterable = (init: HeadersLike): init is Iterable<readonly [string, string]> => Symbol.iterator in init

interface LightResponseInit {
  readonly status?: number | undefined
  readonly headers?: HeadersLike | undefined
}

type LightBody = string | Uint8Array | ReadableStream | null

/** node-server's Response becomes this when middleware inspects or replaces it. */
class LightResponse {
  readonly status: number
  readonly headers: LightHeaders
  readonly bodyUsed = false
  readonly #body: LightBody

  /** `init` may be another response, whose status and headers are copied: Hono does so for HEAD. */
  constructor(body?: LightBody, init: LightResponseInit = {}) {
    this.#body = body ?? null
    this.status = init.status ?? 200
    this.headers = new LightHeaders(init.headers)
    if (typeof body === 'string' && !this.headers.has('content-type')) {
      this.headers.set('content-type', 'text/plain;charset=UTF-8')
    }
  }

  get body(): ReadableStream | null {
    if (this.#body === null || this.#body instanceof ReadableStream) return this.#body
    return ReadableStream.from([Buffer.from(this.#body)])
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }
}

/** Only its prototype is used: bodies are read from the incoming message (see input.ts). */
class LightRequest {}

// Assigned, not defined: V8 reads a lazy property before it redefines it, and reading it loads undici.
Object.assign(globalThis, {
  Headers: LightHeaders,
  Request: LightRequest,
  Response: LightResponse,
  // For WebSockets, which nothing here serves; node-server reads them anyway.
  CloseEvent: Event,
  ErrorEvent: Event,
})
