import { kubectl } from '../cluster/kubectl.ts'

const mebibyte = 1024 ** 2

/** Parses the output of `INFO`: `name:value` lines below headings. */
export function parseInfo(written: string) {
  const values = new Map(
    [...written.matchAll(/^(\w+):([\d.]+)\r?$/gm)].map(([, name, value]) => [name, Number(value)]),
  )
  const read = (name: string) => values.get(name) ?? 0
  const [hits, misses] = [read('keyspace_hits'), read('keyspace_misses')]
  return {
    usedMiB: read('used_memory') / mebibyte,
    maxMiB: read('maxmemory') / mebibyte,
    hitShare: hits + misses === 0 ? undefined : hits / (hits + misses),
    evictedKeys: read('evicted_keys'),
  }
}

/** Runs redis-cli in the namespace's Redis pod, whose environment has the password of this user. */
export async function readRedis(namespace: string): Promise<ReturnType<typeof parseInfo>> {
  const command = ['redis-cli', '--user', 'iod_probe', 'info']
  return parseInfo(await kubectl`exec --namespace ${namespace} redis-0 -- ${command}`)
}
