// One function gets more than it can do, while another one is read at a steady pace.
import { localGateway } from '../../cluster/local-gateway.ts'
import { median, quantile } from '../../performance/statistics.ts'
import type { Exchange } from '../exchanges.ts'
import type { Cluster, Fault } from '../fault.ts'
import { createGatewayFetch } from '../gateway-fetch.ts'
import { createLedger } from '../ledger.ts'
import { createPeople } from '../people.ts'

const clients = 64
const pauseMs = 100
const beforeMs = 20_000
const overloadMs = 60_000
const settleMs = 5_000
/** How much longer a reader of the other function may wait. */
const maxRatio = 1.5

async function overload({ load, hold }: Cluster): Promise<void> {
  const endpoint = localGateway().secure
  const baseUrl = `https://${endpoint.authority}`
  const read: Exchange[] = []
  const searched: Exchange[] = []
  const fetchRead = createGatewayFetch(endpoint, exchange => read.push(exchange))
  const fetchSearch = createGatewayFetch(endpoint, exchange => searched.push(exchange))
  load.pause()
  const person = await createPeople({ baseUrl, fetch: fetchRead, ledger: createLedger() }).register()
  const stop = new AbortController()
  const reading = every(pauseMs, stop.signal, () => fetchRead(`${baseUrl}/profile/${person.username}`))
  const isSince = (fromMs: number) => (one: Exchange) => one.sentMs >= fromMs
  const waits = (some: readonly Exchange[]) => some.map(one => one.receivedMs - one.sentMs)
  try {
    await hold(5)
    const [calmFromMs, refusals] = [performance.now(), [] as string[]]
    await hold(beforeMs / 1_000)
    const floodFromMs = performance.now()
    const calm = waits(read.filter(one => one.sentMs >= calmFromMs && one.receivedMs < floodFromMs))
    const searching = Array.from({ length: clients }, (_, n) => search(n))
    await Promise.all(searching)
    const floodToMs = performance.now()
    const busy = waits(read.filter(isSince(floodFromMs)))
    await hold(settleMs / 1_000)
    const settledMs = performance.now()
    await hold(5)
    const after = waits(read.filter(isSince(settledMs)))
    const answered = searched.filter(one => one.outcome === 200)
    const seconds = (floodToMs - floodFromMs) / 1_000
    console.log(
      `  searches: ${searched.length}, ${Math.round(answered.length / seconds)} per second answered, median ${Math.round(median(waits(answered)))} ms; reads of the other function before, during and after: median ${[calm, busy, after].map(some => Math.round(median(some))).join(', ')} ms, p95 ${[calm, busy, after].map(some => Math.round(quantile(some, 0.95))).join(', ')} ms, n = ${calm.length}, ${busy.length}, ${after.length}`,
    )
    const ratio = median(busy) / median(calm)
    if (ratio > maxRatio) refusals.push(`reads of the other function take ${ratio.toFixed(1)} times as long`)
    if (read.some(one => one.outcome !== 200 && one.outcome !== 201))
      refusals.push('reads of the other function fail')
    if (
      searched.some(
        one => one.outcome !== 200 && !(one.outcome === 503 && one.saysWhen) && one.outcome !== 429,
      )
    )
      refusals.push('searches fail otherwise than by 429 or 503')
    if (refusals.length > 0) throw new Error(refusals.join('; '))

    async function search(client: number): Promise<void> {
      for (let n = 0; performance.now() - floodFromMs < overloadMs; n += 1)
        // Each another, so that no copy answers.
        await fetchSearch(`${baseUrl}/posts?q=chaos&author=nobody-${client}-${n}`).catch(() => undefined)
    }
  } finally {
    stop.abort()
    await reading
    load.resume()
  }
}

/** Calls again and again at a fixed pace, whether or not earlier calls have ended. */
async function every(paceMs: number, signal: AbortSignal, call: () => Promise<unknown>): Promise<void> {
  const running = new Set<Promise<unknown>>()
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (running.size > 50) return
      const promise = call()
        .catch(() => undefined)
        .finally(() => running.delete(promise))
      running.add(promise)
    }, paceMs)
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      resolve()
    })
  })
  await Promise.all(running)
}

export const overloadFaults: readonly Fault[] = [
  {
    name: 'overload',
    what: 'posts: more searches than it can answer, for a minute',
    tolerance: 'unavailable',
    gapMs: 120_000,
    isLong: true,
    run: overload,
  },
]
