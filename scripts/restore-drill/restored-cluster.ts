// The second cluster: one instance beside the live one, which archives nothing.
import { UsageError } from '../cli/options.ts'
import { apply, get, getItems, kubectl } from '../cluster/kubectl.ts'
import { at, isRecord, type Json, text } from '../manifests/json.ts'
import { isPostgresCluster } from '../manifests/rules.ts'

export const restoredName = 'postgres-drill'

/** An annotation: somebody takes rows from the cluster. */
const kept = 'iod-functions/kept'

interface Restored {
  readonly objects: readonly Json[]
  readonly namespace: string
  readonly targetTime: string
  readonly isKept: boolean
}

/** Returns a cluster that begins as the environment's was at this time, with the image that the live one runs. */
export async function restoredCluster({ objects, namespace, targetTime, isKept }: Restored): Promise<Json> {
  const live = objects.find(isPostgresCluster)
  const plugin = at(live, 'spec', 'plugins', 0)
  const spec = at(live, 'spec')
  if (!isRecord(spec) || !isRecord(plugin)) throw new Error('the environment has no cluster with an archive')
  const running = await get`clusters.postgresql.cnpg.io postgres --namespace ${namespace}`
  const { enableSuperuserAccess, superuserSecret, storage, resources, postgresql } = spec
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: restoredName, namespace, ...(isKept && { annotations: { [kept]: 'yes' } }) },
    spec: {
      instances: 1,
      imageName: text(running, 'spec', 'imageName') ?? '',
      ...(enableSuperuserAccess && { enableSuperuserAccess }),
      ...(superuserSecret && { superuserSecret }),
      ...(storage && { storage }),
      ...(resources && { resources }),
      postgresql: { parameters: at(postgresql, 'parameters') ?? {} },
      bootstrap: { recovery: { source: 'live', recoveryTarget: { targetTime } } },
      externalClusters: [
        {
          name: 'live',
          plugin: { name: plugin['name'] ?? '', parameters: plugin['parameters'] ?? {} },
        },
      ],
    },
  }
}

/** Rejects where an earlier drill has left its cluster for somebody who asked for that. */
export async function requireNoneKept(namespace: string): Promise<void> {
  const found = await get`clusters.postgresql.cnpg.io ${restoredName} --namespace ${namespace}`
  if (text(found, 'metadata', 'annotations', kept) === undefined) return
  const remove = `kubectl --namespace ${namespace} delete clusters.postgresql.cnpg.io/${restoredName}`
  throw new UsageError(`${restoredName} was left there with KEEP=yes. When nobody needs it: ${remove}`)
}

export const removeRestored = (namespace: string) =>
  kubectl`delete clusters.postgresql.cnpg.io/${restoredName} --namespace ${namespace} --ignore-not-found`

export async function createRestored(
  cluster: Json,
  namespace: string,
  timeoutSeconds: number,
): Promise<void> {
  await apply([cluster])
  const resource = `clusters.postgresql.cnpg.io/${restoredName}`
  await kubectl`wait ${resource} --namespace ${namespace} --for=condition=Ready --timeout=${timeoutSeconds}s`
}

/** Whether a base backup ended before this time: the restore begins with it. */
export async function hasBackupBefore(namespace: string, time: Date): Promise<boolean> {
  const backups = await getItems`backups.postgresql.cnpg.io --namespace ${namespace}`
  return backups.some(backup => {
    const stoppedAt = at(backup, 'status', 'stoppedAt')
    return at(backup, 'status', 'phase') === 'completed' && new Date(String(stoppedAt)) <= time
  })
}
