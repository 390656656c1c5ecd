/**
 * Headers and Response in the part of the Fetch standard that Hono uses. Node's own come with all of undici, whose
 * first use costs about 40 ms and 16 MB in a process that takes 35 ms to listen. Tests of the apps run on Node's own.
 */
export function useLightWeb(): void {
  // Assigned, not defined: V8 reads a lazy property before it redefines it, and reading it loads undici.
  Object.assign(globalThis, { Headers: LightHeaders, Response: LightResponse })
}

type HeadersLike = Iterable<readonly [string, string]> | Readonly<Record<string, string>>

/** One value per name: this API sets no cookies, the only header whose values cannot be joined. */
export class LightHeaders {
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

  entries(): MapIterator<[string, string]> {
    return this.#values.entries()
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#values.entries()
  }
}

const isIterable = (init: HeadersLike): init is Iterable<readonly [string, string]> => Symbol.iterator in init

export interface LightResponseInit {
  readonly status?: number | undefined
  readonly headers?: HeadersLike | undefined
}

export class LightResponse {
  readonly status: number
  readonly headers: LightHeaders
  readonly body: string | Uint8Array | null
  readonly bodyUsed = false

  /** `init` may be another response, whose status and headers are then copied: so Hono answers HEAD. */
  constructor(body?: string | Uint8Array | null, init: LightResponseInit = {}) {
    this.body = body ?? null
    this.status = init.status ?? 200
    this.headers = new LightHeaders(init.headers)
    if (typeof body === 'string' && !this.headers.has('content-type')) {
      this.headers.set('content-type', 'text/plain;charset=UTF-8')
    }
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }
}
