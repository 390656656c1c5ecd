// WAKES times to zero and back, then MINUTES of load: nothing may grow.

import { kubectl } from '../../cluster/kubectl.ts'
import { psql } from '../../cluster/psql.ts'
import { median, quantile } from '../../performance/statistics.ts'
import { type Exchange, longestWaitOf } from '../exchanges.ts'
import { type Cluster, type Fault, outsideDefaultRun, unseen } from '../fault.ts'
import { containerIds, findProcesses, onNodes } from '../node.ts'

const sampleSeconds = 5
/** How long the load goes on after each wake. */
const wakeSeconds = 3

/** Sums over the processes of Node in the functions' containers, and what they hold in Postgres. */
interface Sample {
  readonly memoryMiB: number
  readonly handles: number
  readonly connections: number
}

const script = `${findProcesses}
for pid in $(find_processes "$@"); do
  echo "$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status") $(ls "/proc/$pid/fd" | wc -l)"
done`

async function sample({ namespace }: Cluster): Promise<Sample> {
  const lines = (await onNodes(script, await containerIds({ namespace, container: 'user-container' })))
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number))
  const largest = (column: number) => Math.max(...lines.map(line => line[column] ?? 0))
  const connections = await psql(
    namespace,
    "select count(*) from pg_stat_activity where usename like 'iod_%'",
  )
  return {
    memoryMiB: Math.round(largest(0) / 1_024),
    handles: largest(1),
    connections: Number(connections),
  }
}

/** The middle and the last third: the first one fills caches and compiles code. */
function thirds<Item>(items: readonly Item[]): readonly [Item[], Item[]] {
  const third = Math.floor(items.length / 3)
  return [items.slice(third, 2 * third), items.slice(-third)]
}

export function growing(samples: readonly Sample[]): readonly string[] {
  const [middle, last] = thirds(samples)
  const grown = (what: keyof Sample, share: number, constant: number) => {
    const [from, to] = [median(middle.map(one => one[what])), median(last.map(one => one[what]))]
    return to > from * share + constant ? [`${what} grew from ${from} to ${to}`] : []
  }
  return [...grown('memoryMiB', 1.1, 4), ...grown('handles', 1.1, 4), ...grown('connections', 1, 3)]
}

/** The longest wait of each wake. Looked at in the end: a response may come later than the next pause. */
export const waitsOfWakes = (exchanges: readonly Exchange[], wokenAtMs: readonly number[]) =>
  wokenAtMs.map(fromMs => {
    const toMs = fromMs + wakeSeconds * 1_000
    return longestWaitOf(exchanges.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs))
  })

/** Judged from ten wakes in a third on: the p95 of fewer is that of one slow wake. */
export function slowerWakes(wakesMs: readonly number[]): readonly string[] {
  if (wakesMs.length < 30) return []
  const [from = 0, to = 0] = thirds(wakesMs).map(some => Math.round(quantile(some, 0.95)))
  return to > from * 1.5 + 100 ? [`the p95 of a wake grew from ${from} to ${to} ms`] : []
}

async function soak(cluster: Cluster): Promise<void> {
  const { namespace, load, hold } = cluster
  const { WAKES: wakes, MINUTES: minutes } = cluster.soak
  const wokenAtMs: number[] = []
  for (let count = 0; count < wakes; count += 1) {
    load.pause()
    const zero = ['--for=jsonpath={.status.actualScale}=0', '--timeout=120s']
    await kubectl`wait podautoscalers --all --namespace ${namespace} ${zero}`.finally(load.resume)
    wokenAtMs.push(performance.now())
    await hold(wakeSeconds)
  }
  const samples: Sample[] = []
  for (let count = 0; count < (minutes * 60) / sampleSeconds; count += 1) {
    await hold(sampleSeconds)
    samples.push(await sample(cluster))
  }
  const wakesMs = waitsOfWakes(load.exchanges, wokenAtMs)
  const faults = [...growing(samples), ...slowerWakes(wakesMs)]
  const [first, last] = [samples[0], samples.at(-1)]
  console.log(`  first ${JSON.stringify(first)}, last ${JSON.stringify(last)}`)
  const wake = (share: number) => Math.round(quantile(wakesMs, share))
  if (wakes > 0) console.log(`  wakes: median ${wake(0.5)} ms, p95 ${wake(0.95)} ms, n = ${wakes}`)
  if (faults.length > 0) throw new Error(faults.join('; '))
}

export const soakFaults: readonly Fault[] = [
  outsideDefaultRun(unseen('soak', 'wakes in a row, then load', soak, 125_000)),
]
