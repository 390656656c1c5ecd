import { Worker } from 'node:worker_threads'
import { Problem, unavailable } from './problems.ts'

export interface WorkerQueueOptions {
  readonly file: URL | string
  /** A job that takes longer ends with its worker; the next ones get a new one. */
  readonly timeoutMs: number
  /** Jobs in the queue; more could not be answered before their client gives up. */
  readonly maxWaiting: number
  /** Jobs of one owner, waiting or running: nobody fills the queue alone. */
  readonly maxPerOwner: number
  /** What the client is told when the queue is full. */
  readonly busy: string
}

export interface WorkerQueue<Job, Result> {
  /**
   * Runs one job after the other, first come, first served. Rejects with 503 when the queue is full, 429 when `owner` has
   * too many in it, WorkerTimeout when it took too long, and with what the worker itself has thrown.
   */
  run(job: Job, owner: string): Promise<Result>
  close(): Promise<void>
}

export class WorkerTimeout extends Error {
  override readonly name = 'WorkerTimeout'
}

/** What a worker answers each job with. */
export type WorkerReply<Result> = { readonly result: Result } | { readonly error: string }

interface Waiting<Job, Result> {
  readonly job: Job
  readonly owner: string
  resolve(result: Result): void
  reject(error: Error): void
}

/** One worker thread, started with the first job and kept; work that would hold up the event loop for everyone. */
export function createWorkerQueue<Job, Result>(options: WorkerQueueOptions): WorkerQueue<Job, Result> {
  const { file, timeoutMs, maxWaiting, maxPerOwner, busy } = options
  const waiting: Waiting<Job, Result>[] = []
  const owners = new Map<string, number>()
  let worker: Worker | undefined
  let running: Waiting<Job, Result> | undefined
  let deadline: NodeJS.Timeout | undefined

  function start(): Worker {
    const started = new Worker(file)
    started.on('message', (reply: WorkerReply<Result>) => {
      if ('error' in reply) finish(one => one.reject(new Error(reply.error)))
      else finish(one => one.resolve(reply.result))
    })
    started.on('error', error => fail(started, new Error('the worker ended', { cause: error })))
    started.on('exit', () => fail(started, new Error('the worker ended')))
    started.unref()
    return started
  }

  /** After an error the exit of the same worker is reported too. */
  function fail(ended: Worker, error: Error): void {
    if (worker !== ended) return
    worker = undefined
    finish(one => one.reject(error))
  }

  function finish(settle: (one: Waiting<Job, Result>) => void): void {
    clearTimeout(deadline)
    const finished = running
    running = undefined
    if (finished !== undefined) {
      const left = (owners.get(finished.owner) ?? 1) - 1
      if (left === 0) owners.delete(finished.owner)
      else owners.set(finished.owner, left)
      settle(finished)
    }
    next()
  }

  function next(): void {
    if (running !== undefined) return
    running = waiting.shift()
    if (running === undefined) return
    worker ??= start()
    const current = worker
    deadline = setTimeout(() => {
      void current.terminate()
      fail(current, new WorkerTimeout())
    }, timeoutMs)
    current.postMessage(running.job)
  }

  return {
    run(job, owner) {
      if (waiting.length >= maxWaiting) throw unavailable(busy)
      const own = owners.get(owner) ?? 0
      if (own >= maxPerOwner) throw tooManyAtOnce()
      owners.set(owner, own + 1)
      return new Promise((resolve, reject) => {
        waiting.push({ job, owner, resolve, reject })
        next()
      })
    },
    close: async () => {
      clearTimeout(deadline)
      await worker?.terminate()
    },
  }
}

const tooManyAtOnce = () =>
  new Problem('too_many_requests', 'Too many of your requests are being worked on: wait for their answers.', {
    headers: { 'retry-after': '1' },
  })
