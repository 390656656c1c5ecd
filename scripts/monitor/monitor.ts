// make monitor-resources: what runs, how fast, and what it uses; live, ONCE=yes for one screen, JSON=yes for programs.
// It reads the API server and, through it, kubelets and queue-proxies. It sends no request to a function, so it wakes none.

import { setTimeout as sleep } from 'node:timers/promises'
import { runCli } from '../cli/cli.ts'
import { type Options, yesOrNo } from '../cli/options.ts'
import { createMeter, type Meter } from '../cluster/queue-proxy.ts'
import { type Api, openApi } from '../cluster/tunnels.ts'
import { clusterOptions, requireCluster, targetOf } from '../release/target.ts'
import { readAges } from './ages.ts'
import { readPostgres } from './postgres.ts'
import { readRedis } from './redis.ts'
import { rateWindowMs, readRevisions } from './revisions.ts'
import { type Snapshot, view } from './view.ts'

const refreshMs = 2_000
/** Rates need two readings at least this far apart. */
const firstWindowMs = 3_000

/** One part that cannot be read does not hide the others. */
const unknown = (error: unknown) => ({ unknown: error instanceof Error ? error.message : String(error) })

async function readSnapshot(api: Api, namespace: string, meter: Meter): Promise<Snapshot> {
  const [revisions, postgres, redis, ages] = await Promise.all([
    readRevisions(api, namespace, meter),
    readPostgres(namespace).catch(unknown),
    readRedis(namespace).catch(unknown),
    readAges(namespace).catch(unknown),
  ])
  return { at: new Date().toISOString(), namespace, revisions, postgres, redis, ages }
}

const optionSchemas = { ...clusterOptions, JSON: yesOrNo, ONCE: yesOrNo }

async function monitor(options: Options<typeof optionSchemas>): Promise<void> {
  const { JSON: isJson, ONCE: isOnce } = options
  await requireCluster(options.ENVIRONMENT)
  const { namespace } = targetOf(options.ENVIRONMENT)
  const api = await openApi()
  const meter = createMeter(api, namespace, rateWindowMs)
  await readRevisions(api, namespace, meter)
  await sleep(firstWindowMs)
  for (;;) {
    // The live view outlasts a short absence of the API server.
    const snapshot = readSnapshot(api, namespace, meter)
    const shown = isOnce ? await snapshot : await snapshot.catch(unknown)
    if (isJson) console.log(JSON.stringify(shown))
    else if (isOnce) console.log(view(shown))
    // Home, then clear below: no flicker, and the terminal's history stays.
    else process.stdout.write(`\x1b[H\x1b[J${view(shown)}\n\nCtrl-C ends.\n`)
    if (isOnce) return
    await sleep(refreshMs)
  }
}

await runCli(optionSchemas, monitor)
