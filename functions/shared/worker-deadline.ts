import type { Worker } from 'node:worker_threads'

export interface WorkerLimits {
  /** Processor time of a job. */
  readonly cpuLimitMs: number
  /** Time of a job until its result: longer, for the worker starts, and waits for the processor, as others use it. */
  readonly timeoutMs: number
}

/**
 * Calls `onOverdue` once, when the worker's job has used its processor time or its time is over. Only the first is the fault
 * of the job: a busy machine can leave a worker a tenth of the time. Returns a function that ends the watch.
 */
export function watchWorker(
  worker: Worker,
  { cpuLimitMs, timeoutMs }: WorkerLimits,
  onOverdue: (limit: 'cpu' | 'time') => void,
): () => void {
  let isWatched = true
  // Rejects while the worker starts: it has used none.
  const before = worker.cpuUsage().catch(() => undefined)

  async function checkCpu(): Promise<void> {
    const { user, system } = await worker.cpuUsage(await before)
    if (!isWatched) return
    const leftMs = cpuLimitMs - (user + system) / 1_000
    if (leftMs <= 0) end('cpu')
    else cpuTimer = setTimeout(check, Math.ceil(leftMs))
  }
  // Fails where the worker has ended, which it reports itself.
  const check = () => void checkCpu().catch(() => undefined)
  let cpuTimer = setTimeout(check, cpuLimitMs)
  const timer = setTimeout(() => end('time'), timeoutMs)

  function stop(): void {
    isWatched = false
    clearTimeout(cpuTimer)
    clearTimeout(timer)
  }

  function end(limit: 'cpu' | 'time'): void {
    stop()
    onOverdue(limit)
  }

  return stop
}
