export interface Representation {
  readonly etag: string
  readonly text: string
  readonly contentType: string | null
}

const maxRepresentations = 100

/** The last representations that came with a strong `ETag`, so that an unchanged one is not sent again (RFC 9110, 13). */
export class Representations {
  readonly #stored = new Map<string, Representation>()

  find(key: string): Representation | undefined {
    return this.#stored.get(key)
  }

  /** Keeps what may be kept; returns a response that can still be read. */
  async store(key: string, response: Response): Promise<Response> {
    const etag = response.headers.get('etag')
    const isPrivate = response.headers.get('cache-control')?.includes('no-store')
    if (response.status !== 200 || etag === null || isPrivate) return response
    const text = await response.text()
    this.#stored.delete(key)
    this.#stored.set(key, { etag, text, contentType: response.headers.get('content-type') })
    const [oldest] = this.#stored.keys()
    if (this.#stored.size > maxRepresentations && oldest !== undefined) this.#stored.delete(oldest)
    return new Response(text, { headers: response.headers })
  }
}

/**
 * The representation as a response of status 200, for a 304 that came in its place. The caller holds it from before the
 * request: other calls may have replaced or evicted the stored one since.
 */
export function revive({ text, contentType }: Representation, notModified: Response): Response {
  const headers = new Headers(notModified.headers)
  if (contentType !== null) headers.set('content-type', contentType)
  return new Response(text, { headers })
}
