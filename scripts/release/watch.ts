// Watches both revisions of a canary at one share until their requests give a verdict.
import { setTimeout as sleep } from 'node:timers/promises'
import { log } from '../cli/cli.ts'
import { createMeter } from '../cluster/queue-proxy.ts'
import type { Api } from '../cluster/tunnels.ts'
import { list } from '../manifests/json.ts'
import { ChangedError, type FunctionService, requireGeneration } from './revisions.ts'
import { describe, judge, type Verdict } from './verdict.ts'

/** New pods start after each change of the shares; their durations count from this moment on. */
const settlingMs = 10_000
const pollMs = 2_000
const shownMs = 10_000
/** Readings in a row that may fail, as when the API server restarts. */
const maxMissed = 3

interface Watched {
  readonly stable: string
  readonly candidate: string
  /** Of the Service with the shares that are watched. */
  readonly generation: number
  readonly watchMs: number
  readonly patienceMs: number
  readonly slowMs: number
}

/** Rejects when another command has changed the Service. */
export async function watch(
  api: Api,
  service: FunctionService,
  { stable, candidate, generation, watchMs, patienceMs, slowMs }: Watched,
): Promise<Exclude<Verdict, { kind: 'undecided' }>> {
  const { name, namespace } = service
  const meter = createMeter(api, namespace)
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=serving.knative.dev%2Fservice%3D${name}`
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  const both = (sinceMs?: number) => ({
    stable: meter.of(stable, sinceMs),
    candidate: meter.of(candidate, sinceMs),
  })
  let loggedMs = 0
  let missed = 0
  for (;;) {
    try {
      await requireGeneration(api, service, generation)
      await meter.read(list(await api.json(path), 'items'))
      missed = 0
    } catch (error) {
      if (error instanceof ChangedError) throw error
      missed += 1
      if (missed === maxMissed)
        return { kind: 'bad', because: `the requests can no longer be counted (${error})` }
    }
    const settled = both(startMs + Math.min(settlingMs, watchMs))
    const verdict = judge({ ...both(), settled }, slowMs)
    const isFinal = verdict.kind === 'bad' || (verdict.kind === 'good' && elapsedMs() >= watchMs)
    if (isFinal || elapsedMs() - loggedMs >= shownMs) {
      loggedMs = elapsedMs()
      const shown = settled.candidate.count > 0 ? settled : both()
      log(`  stable:    ${describe(shown.stable)}`)
      log(`  candidate: ${describe(shown.candidate)}`)
    }
    if (isFinal) return verdict
    if (verdict.kind === 'undecided' && elapsedMs() >= patienceMs)
      return { kind: 'bad', because: `too few requests came for a verdict in ${patienceMs / 1_000} s` }
    await sleep(pollMs)
  }
}
