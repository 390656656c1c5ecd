import { Readable } from 'node:stream'
import type { HttpApp } from '../http/context.ts'
import type { Composition } from '../http/serve.ts'
import { holdFetchToContract } from './contract.ts'

export interface TestClient {
  request(path: string, init?: RequestInit): Response | Promise<Response>
  readonly routes: HttpApp['routes']
}

/**
 * Calls a composed function the way its HTTP listener does, through the response cache but without a socket. Every
 * response must match docs/openapi.json.
 */
export function createTestClient({ app, fetch }: Pick<Composition, 'app' | 'fetch'>): TestClient {
  const checkedFetch = holdFetchToContract(fetch)
  return { routes: app.routes, request: (path, init) => send(checkedFetch, path, init) }
}

async function send(fetch: Composition['fetch'], path: string, init?: RequestInit): Promise<Response> {
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
}

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
