// make restore-drill TO='2026-11-25 12:00:00+00': restores that second beside the live cluster, and compares.
//   TO               the second to restore; without it, one in the middle of writes that the drill makes
//   ENVIRONMENT      phase3 (default), production-in-cluster
//   TIMEOUT_SECONDS  for the second cluster to become ready (600)
//   KEEP=yes         leaves the second cluster, postgres-drill, to take rows from
import { log, readNumber, readOption, runCli, UsageError } from '../cli.ts'
import { isPostgresCluster } from '../manifests/rules.ts'
import { readTarget, requireCluster, type Target } from '../release/target.ts'
import { untilArchived } from './archive.ts'
import { compareLedger, missingRows } from './comparison.ts'
import { connectTo } from './connections.ts'
import { createLedger, dropLedger, type LedgerEntry, readClock, readLedger, writeLedger } from './ledger.ts'
import {
  createRestored,
  hasBackupBefore,
  removeRestored,
  restoredCluster,
  restoredName,
} from './restored-cluster.ts'
import { readIds } from './rows.ts'

const halfMs = 5_000

function readTime(): Date | undefined {
  const value = readOption('TO')
  if (value === undefined) return undefined
  const time = new Date(value.replace(/([+-]\d\d)$/, '$1:00'))
  if (Number.isNaN(time.getTime()))
    throw new UsageError(`TO is a time such as '2026-11-25 12:00:00+00', not ${value}.`)
  if (time.getTime() > Date.now()) throw new UsageError('TO lies in the future.')
  return time
}

/** The environment of ENVIRONMENT, by default phase3. */
function readDrillTarget(): Target {
  process.env['ENVIRONMENT'] ||= 'phase3'
  const target = readTarget()
  if (target.objects.some(isPostgresCluster)) return target
  throw new UsageError(`${target.environment} has no cluster of Postgres with an archive.`)
}

async function restoreDrill(): Promise<void> {
  const target = readDrillTarget()
  const { namespace } = target
  const asked = readTime()
  await requireCluster()
  await using live = await connectTo('postgres-rw', namespace)
  await removeRestored(namespace)
  await createLedger(live.client)
  try {
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
    await restoreAndCompare({ target, live, to, entries: [...before, ...after] })
  } finally {
    await dropLedger(live.client)
    if (readOption('KEEP') !== 'yes') await removeRestored(namespace)
  }
}

interface Drill {
  readonly target: Target
  readonly live: Awaited<ReturnType<typeof connectTo>>
  readonly to: Date
  readonly entries: readonly LedgerEntry[]
}

async function restoreAndCompare({ target, live, to, entries }: Drill): Promise<void> {
  const { objects, namespace } = target
  const startMs = performance.now()
  log(`restoring ${to.toISOString()} into ${restoredName}`)
  const timeoutSeconds = readNumber('TIMEOUT_SECONDS', 600, 1, 86_400)
  const cluster = await restoredCluster(objects, namespace, to.toISOString())
  await createRestored(cluster, namespace, timeoutSeconds)
  await using restored = await connectTo(`${restoredName}-rw`, namespace)
  const found = await readLedger(restored.client)
  const rtoSeconds = (performance.now() - startMs) / 1_000
  const { kept, lost, tooNew } = compareLedger(entries, found, to)
  const missing = missingRows(await readIds(live.client, to), await readIds(restored.client, to))
  const lines = [...missing].map(([table, count]) => `${table}: ${count} missing`)
  log(`ledger: ${kept} kept, ${lost.length} lost, ${tooNew.length} from after the second`)
  log(`rows from before the second that the live database has: ${lines.join(', ')}`)
  log(`RPO: ${rpoOf(lost, to)}   RTO: ${rtoSeconds.toFixed(0)} s`)
  if (readOption('KEEP') === 'yes')
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

await runCli(restoreDrill, `Remove what is left: kubectl delete cluster.postgresql.cnpg.io/${restoredName}.`)
