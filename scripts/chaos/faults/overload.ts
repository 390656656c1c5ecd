// One function gets more than it can do, while another one is read at a steady pace.
import { randomUUID } from 'node:crypto'
import { localGateway } from '../../cluster/local-gateway.ts'
import { median, quantile } from '../../performance/statistics.ts'
import { sendAtRate } from '../at-rate.ts'
import { type Exchange, waitOf } from '../exchanges.ts'
import { type Cluster, type Fault, outsideDefaultRun, unavailable } from '../fault.ts'
import { createGatewayFetch } from '../gateway-fetch.ts'
import { Ledger } from '../ledger.ts'
import { createPeople } from '../people.ts'

/** As many requests at once as show what posts can answer at most. */
const clients = 16
const carriedMs = 10_000
const times = 3
/** Without a response yet: more would measure the client. */
const maxSearches = 500
const maxReads = 50
const readsPerSecond = 10
const beforeMs = 20_000
const overloadMs = 60_000
const settleMs = 5_000
/** Of what was answered before, what must be answered during the overload. */
const minGoodput = 0.8
/** How much longer a reader of the other function may wait. */
const maxRatio = 1.5

async function overload({ load, hold }: Cluster): Promise<void> {
  const endpoint = localGateway().secure
  const baseUrl = `https://${endpoint.authority}`
  const read: Exchange[] = []
  const searched: Exchange[] = []
  const fetchRead = createGatewayFetch(endpoint, exchange => read.push(exchange))
  const fetchSearch = createGatewayFetch(endpoint, exchange => searched.push(exchange), maxSearches)
  load.pause()
  const person = await createPeople({ baseUrl, fetch: fetchRead, ledger: new Ledger() }).register()
  const reading = sendAtRate(() => fetchRead(`${baseUrl}/profile/${person.username}`), {
    perSecond: readsPerSecond,
    maxRunning: maxReads,
  })
  const readBetween = (fromMs: number, toMs = performance.now()) =>
    waits(read.filter(one => one.sentMs >= fromMs && one.receivedMs < toMs))
  // Each search is another, so that no copy answers.
  const search = () => fetchSearch(`${baseUrl}/posts?q=chaos&author=nobody-${randomUUID().slice(0, 8)}`)
  try {
    await hold(5)
    const carried = await mostPerSecond(search, searched)
    await hold(settleMs / 1_000)
    const calmFromMs = performance.now()
    await hold(beforeMs / 1_000)
    const calm = readBetween(calmFromMs)

    const floodFromMs = performance.now()
    const flood = sendAtRate(search, { perSecond: times * carried, maxRunning: maxSearches })
    await hold(overloadMs / 1_000)
    const floodToMs = performance.now()
    await flood.stop()
    const busy = readBetween(floodFromMs, floodToMs)
    const flooded = searched.filter(one => one.receivedMs >= floodFromMs && one.receivedMs < floodToMs)
    const answered = flooded.filter(isAnswered)
    const goodput = answered.length / ((floodToMs - floodFromMs) / 1_000)

    await hold(settleMs / 1_000)
    const settledMs = performance.now()
    await hold(5)
    const after = readBetween(settledMs)
    const reads = [calm, busy, after]
    const each = (figure: (some: readonly number[]) => number) => reads.map(some => Math.round(figure(some)))
    console.log(
      `  searches: ${Math.round(carried)} per second at most; of ${Math.round(flooded.length / (overloadMs / 1_000))} per second ${Math.round(goodput)} answered, median ${Math.round(median(waits(answered)))} ms; reads of the other function before, during and after: median ${each(median)} ms, p95 ${each(some => quantile(some, 0.95))} ms, n = ${each(some => some.length)}`,
    )
    const ratio = median(busy) / median(calm)
    const refusals = [
      ratio > maxRatio && `reads of the other function take ${ratio.toFixed(1)} times as long`,
      goodput < minGoodput * carried && `only ${Math.round((100 * goodput) / carried)} % are answered`,
      read.some(one => one.outcome !== 200 && one.outcome !== 201) && 'reads of the other function fail',
      !searched.every(one => isAnswered(one) || isRefused(one)) &&
        'searches fail otherwise than by 429 or 503',
    ].filter(one => one !== false)
    if (refusals.length > 0) throw new Error(refusals.join('; '))
  } finally {
    await reading.stop()
    load.resume()
  }
}

const waits = (some: readonly Exchange[]) => some.map(waitOf)
const isAnswered = ({ outcome }: Exchange) => outcome === 200
const isRefused = ({ outcome, saysWhen }: Exchange) => outcome === 429 || (outcome === 503 && saysWhen)

/** Searches one after the other with each of `clients`; resolves with the number of answers in a second. */
async function mostPerSecond(search: () => Promise<unknown>, searched: readonly Exchange[]): Promise<number> {
  const fromMs = performance.now()
  const client = async () => {
    while (performance.now() - fromMs < carriedMs) await search().catch(() => undefined)
  }
  await Promise.all(Array.from({ length: clients }, client))
  const answered = searched.filter(one => one.sentMs >= fromMs && isAnswered(one))
  return answered.length / ((performance.now() - fromMs) / 1_000)
}

const what = 'posts: three times the searches that it can answer, for a minute'

export const overloadFaults: readonly Fault[] = [
  outsideDefaultRun(unavailable('overload', what, overload, 120_000)),
]
