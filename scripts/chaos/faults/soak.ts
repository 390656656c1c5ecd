// Twenty times to zero and back, then two minutes of load: nothing may grow.

import { kubectl } from '../../cluster/kubectl.ts'
import { psql } from '../../cluster/psql.ts'
import { median } from '../../performance/statistics.ts'
import { type Cluster, type Fault, outsideDefaultRun, unseen } from '../fault.ts'
import { containerIds, findProcesses, onNodes } from '../node.ts'

const wakes = 20
const sampleSeconds = 5
const sampleCount = 24

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

/** Compares the last third with the one in the middle: the first third fills caches and compiles code. */
export function growing(samples: readonly Sample[]): readonly string[] {
  const third = Math.floor(samples.length / 3)
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(-third)]
  const grown = (what: keyof Sample, share: number, constant: number) => {
    const [from, to] = [median(middle.map(one => one[what])), median(last.map(one => one[what]))]
    return to > from * share + constant ? [`${what} grew from ${from} to ${to}`] : []
  }
  return [...grown('memoryMiB', 1.1, 4), ...grown('handles', 1.1, 4), ...grown('connections', 1, 3)]
}

async function soak(cluster: Cluster): Promise<void> {
  const { namespace, load, hold } = cluster
  for (let count = 0; count < wakes; count += 1) {
    load.pause()
    const zero = ['--for=jsonpath={.status.actualScale}=0', '--timeout=120s']
    await kubectl`wait podautoscalers --all --namespace ${namespace} ${zero}`.finally(load.resume)
    await hold(3)
  }
  const samples: Sample[] = []
  for (let count = 0; count < sampleCount; count += 1) {
    await hold(sampleSeconds)
    samples.push(await sample(cluster))
  }
  const faults = growing(samples)
  const [first, last] = [samples[0], samples.at(-1)]
  console.log(`  first ${JSON.stringify(first)}, last ${JSON.stringify(last)}`)
  if (faults.length > 0) throw new Error(faults.join('; '))
}

export const soakFaults: readonly Fault[] = [
  outsideDefaultRun(unseen('soak', 'wakes in a row, then load', soak, 125_000)),
]
