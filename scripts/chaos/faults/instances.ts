// The three instances of Postgres that phase 3 has:
//   ENVIRONMENT=phase3 GATEWAY_URL=https://api.phase3.localhost:8443 FAULT=instances-replaced,failover make chaos

import { until } from '../../cli/until.ts'
import { get, getItems, kubectl } from '../../cluster/kubectl.ts'
import { at, text } from '../../manifests/json.ts'
import { isFailure, longestGapOf } from '../exchanges.ts'
import { type Cluster, type Fault, outsideDefaultRun, unavailable } from '../fault.ts'
import type { Load } from '../load.ts'
import { signal } from '../node.ts'

const cluster = 'clusters.postgresql.cnpg.io/postgres'
const restartedAt = 'kubectl.kubernetes.io/restartedAt'

async function primaryOf(namespace: string): Promise<string> {
  const found = await get`${cluster} --namespace ${namespace}`
  const name = text(found, 'status', 'currentPrimary')
  if (name === undefined) throw new Error(`not run: ${namespace} has no instances of Postgres, as phase3 has`)
  return name
}

const untilHealthy = async (namespace: string) => {
  await until(
    'all instances are ready',
    async () => {
      const found = await get`${cluster} --namespace ${namespace}`
      const [ready, wanted] = [at(found, 'status', 'readyInstances'), at(found, 'spec', 'instances')]
      return text(found, 'status', 'phase') === 'Cluster in healthy state' && ready === wanted
    },
    300,
  )
}

/** Cached reads go on while there is no primary, so that writes show how long there was none. */
function logLongestWriteGap({ exchanges }: Load): void {
  const timesMs = exchanges
    .filter(one => !isFailure(one) && one.method !== 'GET')
    .map(one => one.receivedMs)
    .toSorted((a, b) => a - b)
  console.log(`  longest time without a successful write: ${(longestGapOf(timesMs) / 1_000).toFixed(1)} s`)
}

/** What a minor version does: the replicas are replaced, one of them is promoted, the old primary is replaced. */
async function replaceInstances({ namespace, load }: Cluster): Promise<void> {
  await primaryOf(namespace)
  const time = new Date().toISOString()
  await kubectl`annotate ${cluster} --namespace ${namespace} --overwrite ${`${restartedAt}=${time}`}`
  await until(
    'each instance is replaced',
    async () => {
      const pods =
        await getItems`pods --namespace ${namespace} --selector cnpg.io/cluster=postgres,cnpg.io/podRole=instance`
      return (
        pods.length === 3 && pods.every(pod => text(pod, 'metadata', 'annotations', restartedAt) === time)
      )
    },
    300,
  )
  await untilHealthy(namespace)
  logLongestWriteGap(load)
}

async function failOver({ namespace, load }: Cluster): Promise<void> {
  const lost = await primaryOf(namespace)
  await signal('KILL', { namespace, container: 'postgres', pod: lost })
  await kubectl`delete pod ${lost} --namespace ${namespace} --grace-period=0 --force`
  await until('another instance is primary', async () => (await primaryOf(namespace)) !== lost, 120)
  await untilHealthy(namespace)
  logLongestWriteGap(load)
}

const gapMs = 60_000

export const instanceFaults: readonly Fault[] = [
  unavailable(
    'instances-replaced',
    'phase 3: each instance of Postgres replaced, as for a minor version',
    replaceInstances,
    gapMs,
  ),
  unavailable('failover', 'phase 3: the primary instance killed, and its pod removed', failOver, gapMs),
].map(outsideDefaultRun)
