// make monitor-resources: what runs, how fast, and what it uses; a live view, ONCE=yes for one, JSON=yes for programs.
// Reads the API server and, through it, kubelets and queue-proxies. It sends no request to a function, so it wakes none.
import { openApiProxy } from '../cluster/api-proxy.ts'
import { program } from '../release/program.ts'
import { chosenTarget, requireCluster } from '../release/target.ts'
import { readAges } from './ages.ts'
import { readPostgres } from './postgres.ts'
import { createRates } from './rates.ts'
import { readRedis } from './redis.ts'
import { readRevisions } from './revisions.ts'
import type { Snapshot, Unknown } from './snapshot.ts'
import { view } from './view.ts'

const isJson = process.argv.includes('--json')
const isOnce = process.argv.includes('--once')
const refreshMs = 2_000
/** Two readings this far apart are the least that a rate can be told from. */
const firstWindowMs = 3_000

const unknown = (error: unknown): Unknown => ({
  unknown: error instanceof Error ? error.message : String(error),
})
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function monitor(): Promise<void> {
  await requireCluster()
  const { namespace } = chosenTarget()
  const api = await openApiProxy()
  const rates = createRates(api, namespace)

  async function snapshot(): Promise<Snapshot> {
    const [revisions, postgres, redis, ages] = await Promise.all([
      readRevisions(api, namespace, rates),
      readPostgres(namespace).catch(unknown),
      readRedis(namespace).catch(unknown),
      readAges(namespace),
    ])
    return { at: new Date().toISOString(), namespace, revisions, postgres, redis, ages }
  }

  const show = (shown: Snapshot | Unknown) => {
    if (isJson) return console.log(JSON.stringify(shown))
    const screen = 'unknown' in shown ? `unknown: ${shown.unknown}` : view(shown)
    // Home and clear below: no flicker, and a terminal's history stays.
    process.stdout.write(isOnce ? `${screen}\n` : `\x1b[H\x1b[J${screen}\n\nCtrl-C ends.\n`)
  }

  await snapshot()
  await pause(firstWindowMs)
  for (;;) {
    // A live view outlasts an API server that is away for a moment.
    show(await (isOnce ? snapshot() : snapshot().catch(unknown)))
    if (isOnce) break
    await pause(refreshMs)
  }
  api.close()
}

await program(monitor, '')
