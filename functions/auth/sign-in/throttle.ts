import { createHash } from 'node:crypto'
import { DomainError } from '../../shared/domain-error.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { RedisClient } from '../../shared/redis/client.ts'
import * as postgres from './attempt-queries.ts'
import * as redis from './attempts-in-redis.ts'

export interface ThrottleSettings {
  /** Attempts before the first wait. */
  readonly freeAttempts: number
  /** The first wait is one second; each later one is twice as long, up to this. */
  readonly maxWaitSeconds: number
  /** After this long without an attempt, the count starts again. */
  readonly forgetAfterSeconds: number
}

/** The settings in the form that the stores count by. */
export interface ThrottleSchedule {
  /** Seconds to wait after the first attempt, the second, and so on; the last element holds for all later ones. */
  readonly waitSeconds: readonly number[]
  readonly forgetAfterSeconds: number
}

export function createThrottleSchedule(settings: ThrottleSettings): ThrottleSchedule {
  const { freeAttempts, maxWaitSeconds, forgetAfterSeconds } = settings
  const waitSeconds = Array.from({ length: freeAttempts - 1 }, () => 0)
  for (let wait = 1; wait < maxWaitSeconds; wait *= 2) waitSeconds.push(wait)
  waitSeconds.push(maxWaitSeconds)
  return { waitSeconds, forgetAfterSeconds }
}

export interface ThrottleDependencies {
  readonly db: Queryable
  readonly redis: RedisClient
  readonly throttleSchedule: ThrottleSchedule
}

interface Attempts {
  /** What is throttled: an email, a device or a session. */
  readonly subject: string
}

/**
 * Counts an attempt before it is made, so that parallel guesses cannot all pass; throws 429 while the subject has to wait.
 * Counts in Redis, or in Postgres while Redis is unavailable.
 */
export async function beginAttempt(dependencies: ThrottleDependencies, { subject }: Attempts): Promise<void> {
  const attempt = { subjectHash: hashOf(subject), ...dependencies.throttleSchedule }
  const waitSeconds =
    (await redis.countAttempt(dependencies.redis, attempt)) ??
    (await postgres.countAttempt(dependencies.db, attempt))
  if (waitSeconds > 0) throw tooManyAttempts(waitSeconds)
}

/** Forgets the attempts of a subject, after one that succeeded. */
export async function clearAttempts(
  dependencies: Omit<ThrottleDependencies, 'throttleSchedule'>,
  { subject }: Attempts,
): Promise<void> {
  const subjectHash = hashOf(subject)
  // In both: Redis may have become available, or unavailable, since the attempt was counted.
  await Promise.all([
    redis.deleteAttempts(dependencies.redis, { subjectHash }),
    postgres.deleteAttempts(dependencies.db, { subjectHash }),
  ])
}

/** Neither store needs to know the email of somebody who may not even have an account. */
const hashOf = (subject: string) => createHash('sha256').update(subject).digest()

const tooManyAttempts = (waitSeconds: number) =>
  new DomainError('throttled', {
    detail: `Too many attempts: try again in ${waitSeconds} s.`,
    retryAfterSeconds: waitSeconds,
  })
