import { Worker } from 'node:worker_threads'
import { DomainError, OverloadError } from './domain-error.ts'
import { traced } from './tracing.ts'
import { type WorkerLimits, watchWorker } from './worker-deadline.ts'

/** A job that takes longer than its limits ends with its worker; the next ones get a new one. */
export interface WorkerQueueOptions extends WorkerLimits {
  readonly file: URL | string
  /** The name of its jobs in a trace. */
  readonly name: string
  /** Jobs in the queue; more could not be finished before their clients give up. */
  readonly maxWaiting: number
  /** Jobs of one owner, waiting or running: nobody fills the queue alone. */
  readonly maxPerOwner: number
  /** The detail of the 503 when the queue is full, or a job got too little of the processor. */
  readonly busy: string
}

export interface WorkerQueue<Job, Result> {
  /** Throws what `run` would reject with now for want of room. */
  assertRoom(owners: readonly [string, ...string[]]): void
  /**
   * Runs one job after the other. The jobs of the first owner, an account or an address, are first come, first served;
   * the first owners take turns. Rejects with 503 when the queue is full, at the cost of the first owner with the most jobs
   * in it, or the time is over; 429 when one of `owners` has too many in it; WorkerTimeout when it used too much processor
   * time; and with what the worker itself has thrown.
   */
  run(job: Job, owners: readonly [string, ...string[]]): Promise<Result>
  close(): Promise<void>
}

export class WorkerTimeout extends Error {
  override readonly name = 'WorkerTimeout'
}

/** A worker's reply to a job. */
export type WorkerReply<Result> = { readonly result: Result } | { readonly error: string }

interface Waiting<Job, Result> {
  readonly job: Job
  readonly owners: readonly [string, ...string[]]
  resolve(result: Result): void
  reject(error: Error): void
}

/** One worker thread, started with the first job and kept; work that would hold up the event loop for everyone. */
export function createWorkerQueue<Job, Result>(options: WorkerQueueOptions): WorkerQueue<Job, Result> {
  const { file, name, maxWaiting, maxPerOwner, busy } = options
  /** By first owner, in the order of their turns. */
  const waiting = new Map<string, Waiting<Job, Result>[]>()
  /** Jobs of each owner, waiting or running. */
  const counts = new Map<string, number>()
  let waitingCount = 0
  let worker: Worker | undefined
  let running: Waiting<Job, Result> | undefined
  let stopWatching: () => void = () => undefined

  const tooBusy = () => new OverloadError(busy)

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
    stopWatching()
    const finished = running
    running = undefined
    if (finished !== undefined) {
      uncount(finished)
      settle(finished)
    }
    next()
  }

  function uncount({ owners }: Waiting<Job, Result>): void {
    for (const owner of owners) {
      const left = (counts.get(owner) ?? 1) - 1
      if (left === 0) counts.delete(owner)
      else counts.set(owner, left)
    }
  }

  const mostWaiting = () =>
    [...waiting.values()].reduce((most, one) => (one.length > most.length ? one : most), [])

  function assertRoom(owners: readonly [string, ...string[]]): void {
    if (owners.some(owner => (counts.get(owner) ?? 0) >= maxPerOwner)) throw tooManyAtOnce()
    if (waitingCount < maxWaiting) return
    if (mostWaiting().length <= (waiting.get(owners[0])?.length ?? 0) + 1) throw tooBusy()
  }

  /**
   * Rejects the last job of the owner with the most of them, unless the new one's would have as many: a few addresses could
   * otherwise fill the queue for everyone else.
   */
  function makeRoom(owners: readonly [string, ...string[]]): void {
    assertRoom(owners)
    const given = waitingCount < maxWaiting ? undefined : mostWaiting().pop()
    if (given === undefined) return
    waitingCount -= 1
    uncount(given)
    given.reject(tooBusy())
  }

  /** Takes a job of the owner whose turn it is, and moves that owner to the end of the queue. */
  function takeNext(): Waiting<Job, Result> | undefined {
    const [turn] = waiting
    if (turn === undefined) return undefined
    const [owner, jobs] = turn
    const job = jobs.shift()
    waiting.delete(owner)
    if (jobs.length > 0) waiting.set(owner, jobs)
    waitingCount -= 1
    return job
  }

  function next(): void {
    if (running !== undefined) return
    running = takeNext()
    if (running === undefined) return
    worker ??= start()
    const current = worker
    stopWatching = watchWorker(current, options, limit => {
      void current.terminate()
      fail(current, limit === 'cpu' ? new WorkerTimeout() : tooBusy())
    })
    current.postMessage(running.job)
  }

  function enqueue(job: Job, owners: readonly [string, ...string[]]): Promise<Result> {
    return new Promise((resolve, reject) => {
      const one = { job, owners, resolve, reject }
      const jobs = waiting.get(owners[0])
      if (jobs === undefined) waiting.set(owners[0], [one])
      else jobs.push(one)
      waitingCount += 1
      next()
    })
  }

  return {
    assertRoom,
    async run(job, owners) {
      makeRoom(owners)
      for (const owner of owners) counts.set(owner, (counts.get(owner) ?? 0) + 1)
      return traced('worker', name, () => enqueue(job, owners))
    },
    close: async () => {
      stopWatching()
      await worker?.terminate()
    },
  }
}

const tooManyAtOnce = () =>
  new DomainError('throttled', {
    detail: 'Too many of your requests are in progress: wait for their responses.',
    retryAfterSeconds: 1,
  })
