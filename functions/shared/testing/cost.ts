import { type TracedWork, workChannel } from '../tracing.ts'

/** What one request costs. */
export interface Cost {
  /** CPU time of the event loop's thread, which no other work on the machine adds to. */
  readonly loopMs: number
  /** From sending each statement to its answer, in sum. */
  readonly postgresMs: number
  /** Growth of the heap and of buffers; garbage may be collected in between. */
  readonly memoryBytes: number
  /** Write-ahead log, which holds all that is stored, its indexes, and a whole page after a checkpoint. */
  readonly storedBytes: number
  readonly answeredBytes: number
}

/** Calls `work`, which returns the bytes of its response; `walBytes` is the position of the write-ahead log. */
export async function measureCost(
  work: () => Promise<number>,
  walBytes: () => Promise<number>,
): Promise<Cost> {
  const walBefore = await walBytes()
  const statements = timeStatements()
  const memoryBefore = usedBytes()
  const cpuBefore = process.threadCpuUsage()
  const answeredBytes = await work()
  const { user, system } = process.threadCpuUsage(cpuBefore)
  const memoryBytes = Math.max(0, usedBytes() - memoryBefore)
  const postgresMs = statements.stop()
  return {
    loopMs: (user + system) / 1_000,
    postgresMs,
    memoryBytes,
    storedBytes: (await walBytes()) - walBefore,
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

function timeStatements() {
  const startedMs = new WeakMap<object, number>()
  let sumMs = 0
  const ignore = () => undefined
  const subscribers = {
    start: (work: TracedWork) => void startedMs.set(work, performance.now()),
    end: ignore,
    asyncStart: ignore,
    error: ignore,
    asyncEnd: (work: TracedWork) => {
      if (work.kind === 'postgres') sumMs += performance.now() - (startedMs.get(work) ?? 0)
    },
  }
  workChannel.subscribe(subscribers)
  return {
    stop: () => {
      workChannel.unsubscribe(subscribers)
      return sumMs
    },
  }
}
