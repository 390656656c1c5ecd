import type { Queryable } from '../postgres/database.ts'
import { onStart, type TracedWork, workChannel } from '../tracing.ts'
import { cpuMsOf } from './postgres-processor.ts'

/** What one request costs. */
export interface Cost {
  /** CPU time of the event loop's thread, which no other work on the machine adds to. */
  readonly loopMs: number
  /** CPU time of the database's backends; without Linux's figures, from sending each statement to its answer, in sum. */
  readonly postgresMs: number
  /** Growth of the heap and of buffers; garbage may be collected in between. */
  readonly memoryBytes: number
  /** Write-ahead log, which holds all that is stored, its indexes, and a whole page after a checkpoint. */
  readonly storedBytes: number
  readonly answeredBytes: number
}

/** Calls `work`, which returns the bytes of its response; `owner` sees all backends of its database. */
export async function measureCost(work: () => Promise<number>, owner: Queryable): Promise<Cost> {
  const before = await readPostgres(owner)
  const statements = timeStatements()
  const memoryBefore = usedBytes()
  const cpuBefore = process.threadCpuUsage()
  const answeredBytes = await work()
  const { user, system } = process.threadCpuUsage(cpuBefore)
  const memoryBytes = Math.max(0, usedBytes() - memoryBefore)
  const statementsMs = statements.stop()
  const after = await readPostgres(owner)
  return {
    loopMs: (user + system) / 1_000,
    postgresMs: after.cpuMs.size > 0 ? growth(before.cpuMs, after.cpuMs) : statementsMs,
    memoryBytes,
    storedBytes: after.walBytes - before.walBytes,
    answeredBytes,
  }
}

/** Of each cost the higher, or the lower, of the two. */
export const combine = (choose: (a: number, b: number) => number, a: Cost, b: Cost): Cost => ({
  loopMs: choose(a.loopMs, b.loopMs),
  postgresMs: choose(a.postgresMs, b.postgresMs),
  memoryBytes: choose(a.memoryBytes, b.memoryBytes),
  storedBytes: choose(a.storedBytes, b.storedBytes),
  answeredBytes: choose(a.answeredBytes, b.answeredBytes),
})

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const selectUse = {
  name: 'select_use_of_postgres',
  text: `select (pg_current_wal_insert_lsn() - '0/0')::float8 as "walBytes", array(
      select pid from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
    ) as pids`,
}

async function readPostgres(owner: Queryable) {
  const [use] = await owner.query<{ walBytes: number; pids: readonly number[] }>(selectUse)
  const cpuMs = new Map<number, number>()
  for (const pid of use?.pids ?? []) {
    const ms = cpuMsOf(pid)
    if (ms !== undefined) cpuMs.set(pid, ms)
  }
  return { walBytes: use?.walBytes ?? 0, cpuMs }
}

const growth = (before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>) =>
  [...after].reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? 0), 0)

function timeStatements() {
  let sumMs = 0
  const subscribers = onStart((work: TracedWork) => {
    if (work.kind !== 'postgres') return
    const startedMs = performance.now()
    work.end = () => {
      sumMs += performance.now() - startedMs
    }
  })
  workChannel.subscribe(subscribers)
  return {
    stop: () => {
      workChannel.unsubscribe(subscribers)
      return sumMs
    },
  }
}
