// Load on a server of this machine, for tests of overload and for measurements.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Requests that differ only in what is named below. */
export interface Requests {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** In turn. In these and in the body, `{n}` stands for a number that is new in each request. */
  readonly paths: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** Values of Authorization, in turn. */
  readonly authors?: readonly string[]
  readonly body?: string
}

export interface LoadOptions extends Requests {
  readonly port: number
  readonly seconds: number
  /** Requests a second, whether or not earlier ones are answered. Without it, each connection sends the next one when answered. */
  readonly rate?: number
  /** At most so many are opened; requests for which none is free wait, and that counts as latency. */
  readonly connections: number
}

export interface LoadResult {
  readonly answered: readonly {
    readonly status: number
    readonly atMs: number
    readonly latencyMs: number
  }[]
  readonly failed: number
  readonly maxInFlight: number
  /** From the last request that was sent to the last response. */
  readonly drainMs: number
  /** The first response of 429 or 503, as it was received. */
  readonly refusal: string
  /** How many of them lack `Retry-After`. */
  readonly withoutRetryAfter: number
}

/** Requests to loopback from a process of their own, so that their cost is not measured as the server's. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { execArgv: [] })
  child.send(options)
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`load ended with ${code}`)))
  const [result] = await Promise.race([once(child, 'message'), ended])
  return result
}
