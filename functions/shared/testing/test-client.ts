import { Readable } from 'node:stream'
import type { HttpApp } from '../http/context.ts'
import type { Fetch } from '../http/listener.ts'

export interface TestClient {
  request(path: string, init?: RequestInit): Response | Promise<Response>
  readonly routes: HttpApp['routes']
}

/** Calls a composed function the way its HTTP listener does, through the response cache but without a socket. */
export const createTestClient = (fetch: Fetch, { routes }: Pick<HttpApp, 'routes'>): TestClient => ({
  routes,
  async request(path, init) {
    const request = new Request(new URL(path, 'http://localhost'), init)
    const { pathname, search } = new URL(request.url)
    const body = request.body === null ? [] : [Buffer.from(await request.clone().arrayBuffer())]
    const incoming = Object.assign(Readable.from(body), {
      method: request.method,
      url: `${pathname}${search}`,
      headers: Object.fromEntries(request.headers),
      socket: {},
    })
    return fetch(request, { incoming })
  },
})

/** A clock that stands still until a test advances it. */
export function createTestClock() {
  let nowMs = Date.now()
  return {
    now: () => nowMs,
    advance(milliseconds: number): void {
      nowMs += milliseconds
    },
  }
}
