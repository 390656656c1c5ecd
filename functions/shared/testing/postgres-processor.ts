import { existsSync, readFileSync } from 'node:fs'
import type { Client } from 'pg'

/** CPU time of a process so far in ms, which no other work on the machine adds to; undefined without Linux's figures. */
export function cpuMsOf(pid: number): number | undefined {
  const file = `/proc/${pid}/schedstat`
  if (!existsSync(file)) return undefined
  return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1_000_000
}

/** Reads the CPU time of Postgres's process behind a connection, in ms; without Linux's figures, the time that passes. */
export async function connectCpuClock(client: Client): Promise<() => number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const pid = rows[0]?.pid ?? 0
  return () => cpuMsOf(pid) ?? performance.now()
}

/** Returns the least CPU time of several runs: the first compiles and loads, and a neighbour on the same core adds to each. */
export async function leastCpuMs(
  cpuMs: () => number,
  runs: number,
  work: () => Promise<unknown>,
): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run += 1) {
    const beforeMs = cpuMs()
    await work()
    leastMs = Math.min(leastMs, cpuMs() - beforeMs)
  }
  return leastMs
}

/** Words for the text index, as most of what the bounds hold. */
const reference = `select to_tsvector('simple', string_agg('w' || n, ' ')) from generate_series(1, 20000) n`
/** On 2 cores of the kind on which the bounds were set. */
const referenceMs = 20

/** A machine slower than that measures itself. */
const maxSlowness = 4

/**
 * Returns how many times longer Postgres takes here than where the bounds were set, at least 1. Of two machines with 2
 * cores one took 60 ms for a statement and the other 101 ms, so a bound in ms would hold on one of them only.
 */
export async function measureSlowness(client: Client, cpuMs: () => number): Promise<number> {
  const ms = await leastCpuMs(cpuMs, 5, () => client.query(reference))
  return Math.min(maxSlowness, Math.max(1, ms / referenceMs))
}
