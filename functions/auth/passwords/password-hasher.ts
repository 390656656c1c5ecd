import { createHmac } from 'node:crypto'
import { addressGroup } from '../../shared/address-group.ts'
import type { Caller } from '../../shared/caller.ts'
import { createWorkerQueue } from '../../shared/worker-queue.ts'
import { costOf, type PasswordJob, unmatchableHash } from './password-job.ts'

/** Whose jobs are counted together: those of a client's network, and those for an account or email. */
export type HashOwners = readonly [network: string, ...subjects: string[]]

/** By the /48 of IPv6: a customer with 65,536 networks of /64 could fill the queue for everyone else. */
export const hashOwners = ({ address }: Pick<Caller, 'address'>, ...subjects: string[]): HashOwners => [
  addressGroup(address, 48),
  ...subjects,
]

export interface PasswordHasher {
  /** Throws what a job of these owners would be rejected with now, before anything else is done for it. */
  assertRoom(owners: HashOwners): void
  hash(password: string, owners: HashOwners): Promise<string>
  /** Without a hash (no such account), returns false after the same time. */
  matches(password: string, hash: string | undefined, owners: HashOwners): Promise<boolean>
  /** Returns true if the hash has another cost than the configured one. */
  isOutdated(hash: string): boolean
  /** Starts the worker and lets it compile, so that the first sign-in after a wake does not wait for that. */
  warm(): void
  close(): Promise<void>
}

export interface PasswordHasherOptions {
  /** HMAC key kept outside the database, so that the hashes of a stolen table cannot be brute-forced. */
  readonly pepper: Buffer
  readonly cost: number
  readonly workerFile: URL | string
}

/** At 0.1 to 0.2 s per job, a later one would finish after its client's timeout. */
const maxWaiting = 100
/** Jobs of one network or one account: nobody fills the queue alone. */
const maxPerOwner = 24
/** A hash at cost 15 takes 5 s. */
const timeoutMs = 30_000
/** bcrypt's least: about a millisecond. */
const warmUpCost = 4

/**
 * Runs bcrypt in one worker thread, started by `warm` or by the first sign-in. The password is NFKC-normalised (NIST SP
 * 800-63B-4, 3.1.1.2) and replaced by its HMAC in base64, 44 characters, because bcrypt ignores everything after 72 bytes.
 */
export function createPasswordHasher({ pepper, cost, workerFile }: PasswordHasherOptions): PasswordHasher {
  const queue = createWorkerQueue<PasswordJob, string | boolean>({
    file: workerFile,
    name: 'password hash',
    cpuLimitMs: timeoutMs,
    timeoutMs,
    maxWaiting,
    maxPerOwner,
    busy: 'Too many sign-ins at once.',
  })
  const input = (password: string) =>
    createHmac('sha256', pepper).update(password.normalize('NFKC')).digest('base64')

  return {
    assertRoom: queue.assertRoom,
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
    warm: () => {
      const job = { kind: 'compare', input: '', hash: unmatchableHash(warmUpCost), cost: warmUpCost } as const
      // A worker that cannot start fails the first sign-in as well, which reports it.
      queue.run(job, ['warm-up']).catch(() => undefined)
    },
    close: queue.close,
  }
}
