import { createHmac } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { unavailable } from '../shared/problems.ts'
import {
  costOf,
  type PasswordJob,
  type PasswordReply,
  type PasswordRequest,
  unmatchableHash,
} from './password-job.ts'

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** With no hash to compare with (no such account) it takes as long, and is false. */
  matches(password: string, hash: string | undefined): Promise<boolean>
  /** True when the hash was made with another cost than is configured now. */
  isOutdated(hash: string): boolean
  close(): Promise<void>
}

export interface PasswordHasherOptions {
  /** HMAC key kept outside the database, so that a stolen table alone cannot be guessed against. */
  readonly pepper: Buffer
  readonly cost: number
  readonly workerFile: URL | string
}

/** At 0.1 s each, whoever comes after this many would wait longer than a client does. */
const maxWaiting = 100

/**
 * bcrypt in one worker thread, started with the first log-in. The password is NFKC-normalised (NIST SP 800-63B-4,
 * 3.1.1.2) and replaced by its HMAC in base64, 44 characters, since bcrypt reads no more than 72 bytes.
 */
export function createPasswordHasher({ pepper, cost, workerFile }: PasswordHasherOptions): PasswordHasher {
  const waiting = new Map<number, { resolve(result: string | boolean): void; reject(error: Error): void }>()
  let worker: Worker | undefined
  let lastId = 0

  const input = (password: string) =>
    createHmac('sha256', pepper).update(password.normalize('NFKC')).digest('base64')

  function start(): Worker {
    const started = new Worker(workerFile)
    started.on('message', (reply: PasswordReply) => {
      const job = waiting.get(reply.id)
      waiting.delete(reply.id)
      if ('error' in reply) job?.reject(new Error(reply.error))
      else job?.resolve(reply.result)
    })
    started.on('error', error => failAll(started, error))
    started.on('exit', () => failAll(started))
    started.unref()
    return started
  }

  /** The next job starts another worker. After an error the exit of the same worker is reported too. */
  function failAll(ended: Worker, cause?: unknown): void {
    if (worker !== ended) return
    worker = undefined
    for (const job of waiting.values()) job.reject(new Error('the password worker ended', { cause }))
    waiting.clear()
  }

  function run(job: PasswordJob): Promise<string | boolean> {
    if (waiting.size >= maxWaiting) throw unavailable('Too many log-ins at once.')
    worker ??= start()
    const current = worker
    lastId += 1
    const id = lastId
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      current.postMessage({ id, job } satisfies PasswordRequest)
    })
  }

  return {
    hash: async password => String(await run({ kind: 'hash', input: input(password), cost })),
    matches: async (password, hash) => {
      const job = {
        kind: 'compare',
        input: input(password),
        hash: hash ?? unmatchableHash(cost),
        cost,
      } as const
      const matched = await run(job)
      return hash !== undefined && matched === true
    },
    isOutdated: hash => costOf(hash) !== cost,
    close: async () => void (await worker?.terminate()),
  }
}
