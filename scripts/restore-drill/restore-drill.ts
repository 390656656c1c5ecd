// make restore-drill TO='2026-11-25 12:00:00+00': restores that second beside the live cluster, and compares.
//   TO               the second to restore; without it, one in the middle of writes that the drill makes
//   ENVIRONMENT      phase3 (default), production-in-cluster
//   TIMEOUT_SECONDS  for the second cluster to become ready (600)
//   KEEP=yes         leaves the second cluster, postgres-drill, to take rows from; no other drill runs until it is removed

import * as v from 'valibot'
import { log, runCli } from '../cli/cli.ts'
import { numberBetween, type Options, text, UsageError, yesOrNo } from '../cli/options.ts'
import { isPostgresCluster } from '../manifests/rules.ts'
import { clusterOptions, requireCluster, type Target, targetOf } from '../release/target.ts'
import { compareLedger, missingRows } from './comparison.ts'
import { connectTo, readIds, untilArchived } from './database.ts'
import { createLedger, dropLedger, type LedgerEntry, readClock, readLedger, writeLedger } from './ledger.ts'
import {
  createRestored,
  hasBackupBefore,
  removeRestored,
  requireNoneKept,
  restoredCluster,
  restoredName,
} from './restored-cluster.ts'
import { readTime } from './time.ts'

const halfMs = 5_000

const optionSchemas = {
  ...clusterOptions,
  ENVIRONMENT: v.optional(clusterOptions.ENVIRONMENT, 'phase3'),
  TO: text,
  TIMEOUT_SECONDS: numberBetween(1, 86_400, 600),
  KEEP: yesOrNo,
}

function requireInstances(target: Target): Target {
  if (target.objects.some(isPostgresCluster)) return target
  throw new UsageError(`${target.environment} has no cluster of Postgres with an archive.`)
}

async function restoreDrill(options: Options<typeof optionSchemas>): Promise<void> {
  const target = requireInstances(targetOf(options.ENVIRONMENT))
  const { namespace } = target
  const asked = readTime(options.TO)
  await requireCluster(options.ENVIRONMENT)
  await requireNoneKept(namespace)
  await using live = await connectTo('postgres-rw', namespace)
  await createLedger(live.client)
  try {
    await removeRestored(namespace)
    const before = await writeLedger(live.client, { first: 1, durationMs: halfMs, pauseMs: 50 })
    const to = asked ?? (await readClock(live.client))
    if (!(await hasBackupBefore(namespace, to)))
      throw new UsageError(`there is no base backup from before ${to.toISOString()}.`)
    const after = await writeLedger(live.client, {
      first: before.length + 1,
      durationMs: halfMs,
      pauseMs: 50,
    })
    const archivedSeconds = await untilArchived(live.client)
    log(
      `${before.length + after.length} writes acknowledged; all of them in the bucket after ${archivedSeconds.toFixed(1)} s`,
    )
    await restoreAndCompare({ options, target, live, to, entries: [...before, ...after] })
  } finally {
    // The second cluster goes even if the connection to the live one is lost.
    await dropLedger(live.client).finally(() => (options.KEEP ? undefined : removeRestored(namespace)))
  }
}

interface Drill {
  readonly options: Options<typeof optionSchemas>
  readonly target: Target
  readonly live: Awaited<ReturnType<typeof connectTo>>
  readonly to: Date
  readonly entries: readonly LedgerEntry[]
}

async function restoreAndCompare({ options, target, live, to, entries }: Drill): Promise<void> {
  const { objects, namespace } = target
  const startMs = performance.now()
  log(`restoring ${to.toISOString()} into ${restoredName}`)
  const cluster = await restoredCluster({
    objects,
    namespace,
    targetTime: to.toISOString(),
    isKept: options.KEEP,
  })
  await createRestored(cluster, namespace, options.TIMEOUT_SECONDS)
  await using restored = await connectTo(`${restoredName}-rw`, namespace)
  const found = await readLedger(restored.client)
  const rtoSeconds = (performance.now() - startMs) / 1_000
  const { kept, lost, tooNew } = compareLedger(entries, found, to)
  const missing = missingRows(await readIds(live.client, to), await readIds(restored.client, to))
  const lines = [...missing].map(([table, count]) => `${table}: ${count} missing`)
  log(`ledger: ${kept} kept, ${lost.length} lost, ${tooNew.length} from after the second`)
  log(`rows from before the second that the live database has: ${lines.join(', ')}`)
  log(`RPO: ${rpoOf(lost, to)}   RTO: ${rtoSeconds.toFixed(0)} s`)
  if (options.KEEP)
    log(`${restoredName} stays: kubectl -n ${namespace} exec -it service/${restoredName}-rw -- psql -d iod`)
  if (lost.length + tooNew.length + [...missing.values()].reduce((sum, count) => sum + count, 0) > 0)
    throw new Error('The restored database is not that of the second.')
}

/** From the first lost write to the restored second. */
function rpoOf(lost: readonly LedgerEntry[], to: Date): string {
  const [first] = lost
  if (first === undefined) return '0 s, nothing lost'
  return `${((to.getTime() - first.acknowledgedAt.getTime()) / 1_000).toFixed(1)} s, ${lost.length} writes lost`
}

await runCli(
  optionSchemas,
  restoreDrill,
  `Remove what is left: kubectl delete cluster.postgresql.cnpg.io/${restoredName}. The next drill removes its table.`,
)
