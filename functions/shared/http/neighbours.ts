import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { isYoung } from '../young-process.ts'

/** The User-Agent of a wake call. No client can send one: no route of the host leads to `/healthz`. */
const agent = 'iod-neighbours'
/** The activator holds the call until the other function's pod is ready. */
const timeoutMs = 30_000
const pauseMs = 50

/** Wakes the other functions, which the same visitor needs next. */
export interface Neighbours {
  /** Called with each probe: where another function woke this one, it has woken the rest as well. */
  probed(incoming: IncomingMessage): void
  /** Called with each request. The first one sends the wake calls, once in the life of a process. */
  requested(incoming: IncomingMessage): void
}

/**
 * A wake call gets the response of a probe, before any application code, and causes no further call. So one visitor causes
 * one call per function, and without visitors all of them go to zero.
 */
export function createNeighbours(
  urls: readonly string[],
  log: Log,
  isNew: () => boolean = isYoung,
): Neighbours {
  let isDone = urls.length === 0
  return {
    probed({ headers }) {
      if (headers['user-agent'] === agent) isDone = true
    },
    requested({ url }) {
      // Monitoring reads a function's health whether or not anyone visits.
      if (isDone || url?.endsWith('/health')) return
      isDone = true
      void wake(urls, log, isNew)
    },
  }
}

/** Never rejects: a neighbour that stays asleep is woken by its own first request. */
async function wake(urls: readonly string[], log: Log, isNew: () => boolean): Promise<void> {
  const startMs = performance.now()
  const awake = await Promise.all(urls.map(url => isWoken(url, isNew)))
  const durationMs = Math.round(performance.now() - startMs)
  log.info('neighbours woken', { durationMs, count: awake.filter(Boolean).length, of: urls.length })
}

/** If NetworkPolicies are enforced, the connections of a new pod are refused at first. */
async function isWoken(url: string, isNew: () => boolean): Promise<boolean> {
  for (;;) {
    const status = await statusOf(url)
    if (status !== undefined || !isNew()) return status === 200
    await sleep(pauseMs, undefined, { ref: false })
  }
}

/** Resolves with undefined when there is no response. */
const statusOf = (url: string): Promise<number | undefined> =>
  new Promise(resolve => {
    // Without an agent no connection stays open, which would delay the end of the other process.
    const call = get(`${url}/healthz`, { agent: false, headers: { 'user-agent': agent } })
    call.setTimeout(timeoutMs, () => call.destroy())
    call.once('response', response => {
      response.resume()
      resolve(response.statusCode)
    })
    call.once('close', () => resolve(undefined))
    call.on('error', () => undefined)
  })
