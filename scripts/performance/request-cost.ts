import type { Benchmark } from './benchmark.ts'
import { saturate } from './http-load.ts'
import { interleave, type Results } from './interleave.ts'
import type { Served } from './replicas.ts'

/** CPU time of one request, in microseconds. */
export interface Cost {
  readonly functionUs: number
  readonly postgresUs: number
}

export const connections = 16
/** CPU time of one sample: long enough for some garbage collections. */
export const sampleMs = 100
/** After about this much CPU time V8 has optimized a route. */
const warmUpMs = 600

interface SampleOptions {
  readonly rounds: number
  /** The samples are added to those of earlier processes. */
  readonly results: Results<Cost>
  readonly onProgress: (share: number) => void
}

/** Warms up each route, then samples all of them, interleaved. */
export async function sampleCosts(
  benchmark: Benchmark,
  entries: readonly Served[],
  { rounds, results, onProgress }: SampleOptions,
): Promise<void> {
  const amounts = new Map<Served, number>()
  for (const entry of entries) amounts.set(entry, await warmUp(benchmark, entry))
  const measure = (entry: Served) => measureCost(benchmark, entry, amounts.get(entry) ?? connections)
  const measured = await interleave(rounds, entries, measure, onProgress)
  for (const entry of entries) results.of(entry).push(...measured.of(entry))
}

async function measureCost(
  { services }: Benchmark,
  { server, target }: Served,
  amount: number,
): Promise<Cost> {
  const [functionMs, postgresMs] = [server.cpuMs(), services.databaseCpuMs()]
  const { count } = await saturate(target, { connections, amount })
  const usOf = (beforeMs: number, afterMs: number) => ((afterMs - beforeMs) * 1_000) / count
  return {
    functionUs: usOf(functionMs, server.cpuMs()),
    postgresUs: usOf(postgresMs, services.databaseCpuMs()),
  }
}

/** Returns the number of requests that make a sample. */
async function warmUp(benchmark: Benchmark, entry: Served): Promise<number> {
  let amount = 100
  for (let spentMs = 0; spentMs < warmUpMs; ) {
    const { functionUs } = await measureCost(benchmark, entry, amount)
    spentMs += (functionUs * amount) / 1_000
    amount = Math.max(connections, Math.round((sampleMs * 1_000) / functionUs))
  }
  return amount
}
