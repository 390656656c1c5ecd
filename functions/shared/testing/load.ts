import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface LoadOptions {
  readonly port: number
  /** Each `*` becomes the number of the request. */
  readonly path: string
  /** A line of the head of each request, in turn. */
  readonly headers?: readonly string[]
  /** Makes the requests POSTs, with this JSON text; `*` as in the path. */
  readonly body?: string
  /** The number of the request begins again after so many. */
  readonly cycle?: number
  readonly seconds: number
  /** Requests a second, whether or not earlier ones are answered. Without it each connection asks again when answered. */
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
export function runLoad(options: LoadOptions, prefix: readonly string[] = []): Promise<LoadResult> {
  const [command = '', ...rest] = [
    ...prefix,
    process.execPath,
    join(import.meta.dirname, 'load-process.ts'),
    JSON.stringify(options),
  ]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', chunk => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`load ended with ${code}`)),
    )
  })
}

/** Calls `probe` each second until `work` has ended; resolves to what the probes returned. */
export async function probeDuring<Result>(
  work: Promise<unknown>,
  probe: () => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Promise<Result>[] = []
  const timer = setInterval(() => results.push(probe()), 1_000)
  await work.finally(() => clearInterval(timer))
  return Promise.all(results)
}

/** The value below which the share `share` of `values` is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)
}
