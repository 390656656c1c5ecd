// make monitor-resources: what runs, how fast, and what it uses; live, ONCE=yes for one screen, JSON=yes for programs.
// It reads the API server and, through it, kubelets and queue-proxies. It sends no request to a function, so it wakes none.
import { setTimeout as sleep } from 'node:timers/promises'
import { readOption, runCli } from '../cli.ts'
import { createMeter } from '../cluster/queue-proxy.ts'
import { openApi } from '../cluster/tunnels.ts'
import { readTarget, requireCluster } from '../release/target.ts'
import { readAges } from './ages.ts'
import { readPostgres } from './postgres.ts'
import { readRedis } from './redis.ts'
import { rateWindowMs, readRevisions } from './revisions.ts'
import type { Snapshot, Unknown } from './snapshot.ts'
import { view } from './view.ts'

const isJson = readOption('JSON') !== undefined
const isOnce = readOption('ONCE') !== undefined
const refreshMs = 2_000
/** Rates need two readings at least this far apart. */
const firstWindowMs = 3_000

const unknown = (error: unknown): Unknown => ({
  unknown: error instanceof Error ? error.message : String(error),
})

function show(shown: Snapshot | Unknown): void {
  if (isJson) {
    console.log(JSON.stringify(shown))
    return
  }
  const screen = 'unknown' in shown ? `unknown: ${shown.unknown}` : view(shown)
  // Home, then clear below: no flicker, and the terminal's history stays.
  process.stdout.write(isOnce ? `${screen}\n` : `\x1b[H\x1b[J${screen}\n\nCtrl-C ends.\n`)
}

async function monitor(): Promise<void> {
  await requireCluster()
  const { namespace } = readTarget()
  const api = await openApi()
  const meter = createMeter(api, namespace, rateWindowMs)

  async function snapshot(): Promise<Snapshot> {
    const [revisions, postgres, redis, ages] = await Promise.all([
      readRevisions(api, namespace, meter),
      readPostgres(namespace).catch(unknown),
      readRedis(namespace).catch(unknown),
      readAges(namespace),
    ])
    return { at: new Date().toISOString(), namespace, revisions, postgres, redis, ages }
  }

  await readRevisions(api, namespace, meter)
  await sleep(firstWindowMs)
  if (isOnce) return show(await snapshot())
  for (;;) {
    // The live view outlasts a short absence of the API server.
    show(await snapshot().catch(unknown))
    await sleep(refreshMs)
  }
}

await runCli(monitor)
