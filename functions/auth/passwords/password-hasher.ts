import { createHmac } from 'node:crypto'
import { createWorkerQueue } from '../../shared/worker-queue.ts'
import { costOf, type PasswordJob, unmatchableHash } from './password-job.ts'

/** Who waits for a hash: the client's address, and the account or e-mail address that is meant. */
export type HashOwners = readonly [address: string, ...subjects: string[]]

export interface PasswordHasher {
  hash(password: string, owners: HashOwners): Promise<string>
  /** With no hash to compare with (no such account) it takes as long, and is false. */
  matches(password: string, hash: string | undefined, owners: HashOwners): Promise<boolean>
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

/** At 0.1 to 0.2 s each: whoever came after these would wait longer than a client does. */
const maxWaiting = 100
/** Of one address or one account; the others then wait for at most as many turns as there are addresses. */
const maxPerOwner = 24
/** A hash of cost 15 takes 5 s. */
const timeoutMs = 30_000

/**
 * bcrypt in one worker thread, started with the first sign-in. The password is NFKC-normalised (NIST SP 800-63B-4,
 * 3.1.1.2) and replaced by its HMAC in base64, 44 characters, since bcrypt reads no more than 72 bytes.
 */
export function createPasswordHasher({ pepper, cost, workerFile }: PasswordHasherOptions): PasswordHasher {
  const queue = createWorkerQueue<PasswordJob, string | boolean>({
    file: workerFile,
    timeoutMs,
    maxWaiting,
    maxPerOwner,
    busy: 'Too many sign-ins at once.',
  })
  const input = (password: string) =>
    createHmac('sha256', pepper).update(password.normalize('NFKC')).digest('base64')

  return {
    hash: async (password, owners) =>
      String(await queue.run({ kind: 'hash', input: input(password), cost }, owners)),
    matches: async (password, hash, owners) => {
      const compared = hash ?? unmatchableHash(cost)
      const matched = await queue.run(
        { kind: 'compare', input: input(password), hash: compared, cost },
        owners,
      )
      return hash !== undefined && matched === true
    },
    isOutdated: hash => costOf(hash) !== cost,
    close: queue.close,
  }
}
