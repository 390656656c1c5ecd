// Redis is never the only copy of anything: no fault of it may fail a request.
import { randomBytes } from 'node:crypto'
import { get, kubectl, kubectlWith } from '../../cluster/kubectl.ts'
import { encodeValues, readSecret } from '../../cluster/secret-data.ts'
import { at, isRecord } from '../../manifests/json.ts'
import { type Cluster, type Fault, unseen } from '../fault.ts'
import { signal, whileStopped } from '../node.ts'

const servers = ['redis', 'redis-cache'] as const

async function untilReady({ namespace }: Cluster): Promise<void> {
  await kubectl`rollout status statefulset/redis --namespace ${namespace} --timeout=90s`
  await kubectl`rollout status deployment/redis-cache --namespace ${namespace} --timeout=90s`
}

async function killBoth(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  for (const container of servers) await signal('KILL', { namespace, container })
  await cluster.hold(5)
  await untilReady(cluster)
}

/** The cache keeps nothing on disk; the other one has an append-only file. */
async function empty(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  await kubectl`exec --namespace ${namespace} redis-0 -- ${['sh', '-c', 'rm -rf /data/appendonlydir']}`
  await killBoth(cluster)
}

async function whileBothStopped({ namespace }: Cluster, work: () => Promise<void>): Promise<void> {
  const [first, second] = servers.map(container => ({ namespace, container }))
  if (first !== undefined && second !== undefined) await whileStopped(first, () => whileStopped(second, work))
}

async function slow(cluster: Cluster): Promise<void> {
  for (let count = 0; count < 4; count += 1) await whileBothStopped(cluster, () => cluster.hold(2))
}

/** Less memory than an empty server needs, so that every write fails. */
async function full(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  const patch = (operations: object) => ['--type=json', '--patch', JSON.stringify(operations)]
  const targets = ['statefulset/redis', 'deployment/redis-cache']
  const more = ['--maxmemory', '500kb', '--maxmemory-policy', 'noeviction']
  const path = '/spec/template/spec/containers/0/args'
  const original = new Map<string, unknown>()
  for (const target of targets) {
    const written =
      await kubectl`get ${target} --namespace ${namespace} --output jsonpath={.spec.template.spec.containers[0].args}`
    original.set(target, JSON.parse(written))
  }
  try {
    for (const target of targets) {
      const args = original.get(target)
      const value = [...(Array.isArray(args) ? args : []), ...more]
      await kubectl`patch ${target} --namespace ${namespace} ${patch([{ op: 'replace', path, value }])}`
    }
    await untilReady(cluster)
    await cluster.hold(5)
  } finally {
    for (const [target, value] of original)
      await kubectl`patch ${target} --namespace ${namespace} ${patch([{ op: 'replace', path, value }])}`
    await untilReady(cluster)
  }
}

/** Other passwords for the functions' users, which Redis reads when it starts. */
async function wrongPassword(cluster: Cluster): Promise<void> {
  const { namespace } = cluster
  const { 'users.acl': original = '' } = await readSecret('redis', namespace)
  const changed = original
    .split('\n')
    .map(line =>
      /^user iod_(?!probe)/.test(line)
        ? line.replace(/([#>])\S+/, `>${randomBytes(16).toString('hex')}`)
        : line,
    )
    .join('\n')
  const write = async (acl: string) => {
    const found = await get`secret redis --namespace ${namespace}`
    const data = at(found, 'data')
    if (!isRecord(found) || !isRecord(data)) throw new Error('there is no Secret redis')
    const input = JSON.stringify({ ...found, data: { ...data, ...encodeValues({ 'users.acl': acl }) } })
    await kubectlWith({ input })`replace --filename -`
    const pods = ['app.kubernetes.io/name in (redis,redis-cache)']
    await kubectl`delete pods --namespace ${namespace} --selector ${pods}`
    await untilReady(cluster)
  }
  try {
    await write(changed)
    await cluster.hold(5)
  } finally {
    await write(original)
  }
}

export const redisFaults: readonly Fault[] = [
  unseen('redis-killed', 'both Redis killed with KILL', killBoth),
  unseen('redis-empty', 'both Redis killed, and their data removed', empty),
  unseen('redis-stopped', 'both Redis stopped for 10 s (SIGSTOP)', cluster =>
    whileBothStopped(cluster, () => cluster.hold(10)),
  ),
  unseen('redis-slow', 'both Redis answer every 2 s for 8 s', slow),
  unseen('redis-full', 'both Redis restarted with memory for nothing', full),
  unseen('redis-password', 'both Redis restarted with other passwords', wrongPassword),
]
