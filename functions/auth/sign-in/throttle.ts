import { createHash } from 'node:crypto'
import { DomainError } from '../../shared/domain-error.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { RedisClient } from '../../shared/redis/client.ts'
import * as postgres from './attempt-queries.ts'
import * as redis from './attempts-in-redis.ts'
import { decideAttempt, noAttempts, type ThrottleSettings } from './throttle-rule.ts'

export interface ThrottleDependencies {
  readonly db: Queryable
  readonly redis: RedisClient
  readonly throttleSettings: ThrottleSettings
}

interface Subject {
  /** The throttled email, device or session. */
  readonly subject: string
}

/**
 * Each lost race is a concurrent attempt of the same subject, or a success that cleared its attempts: more than these
 * are in flight only for a subject that is being guessed at.
 */
const maxRaces = 40

/**
 * Counts an attempt before it is made, so that parallel guesses cannot all pass; throws 429 while the subject has to wait.
 * Counts in Redis, or in Postgres while Redis is unavailable.
 */
export async function beginAttempt(dependencies: ThrottleDependencies, { subject }: Subject): Promise<void> {
  const subjectHash = hashOf(subject)
  for (let race = 0; race < maxRaces; race += 1) {
    const waitSeconds =
      (await tryInRedis(dependencies, subjectHash)) ?? (await tryInPostgres(dependencies, subjectHash))
    if (waitSeconds === 0) return
    if (waitSeconds !== 'lost a race') throw tooManyAttempts(waitSeconds)
  }
  throw tooManyAttempts(1)
}

/** The seconds to wait; 0 when the attempt is counted. */
type Try = number | 'lost a race'

/** Resolves with undefined while Redis is unavailable. */
async function tryInRedis(
  { redis: client, throttleSettings }: ThrottleDependencies,
  subjectHash: Buffer,
): Promise<Try | undefined> {
  const found = await redis.findAttempts(client, subjectHash)
  if (found === undefined) return undefined
  const { attempts: previous } = found
  const decision = decideAttempt(previous ?? noAttempts, throttleSettings)
  if (!decision.isAllowed) return decision.waitSeconds
  const keepSeconds = throttleSettings.forgetAfterSeconds
  const record = { subjectHash, previous, attempt: decision.attempt, keepSeconds }
  const isRecorded = await redis.recordAttempt(client, record)
  return isRecorded === undefined ? undefined : afterRecording(isRecorded)
}

async function tryInPostgres(
  { db, throttleSettings }: ThrottleDependencies,
  subjectHash: Buffer,
): Promise<Try> {
  const previous = await postgres.findAttempts(db, subjectHash)
  const decision = decideAttempt(previous ?? noAttempts, throttleSettings)
  if (!decision.isAllowed) return decision.waitSeconds
  return afterRecording(
    await postgres.recordAttempt(db, { subjectHash, previous, attempt: decision.attempt }),
  )
}

const afterRecording = (isRecorded: boolean): Try => (isRecorded ? 0 : 'lost a race')

/**
 * The subject of a sign-in by email. The prefix keeps it apart from devices, sessions and addresses: an email is any text,
 * and a stranger could otherwise throttle the session whose id it spells.
 */
export const emailSubject = (emailKey: string) => `email:${emailKey}`

/** Forgets the attempts of a subject, after one that succeeded. */
export async function clearAttempts(
  dependencies: Omit<ThrottleDependencies, 'throttleSettings'>,
  { subject }: Subject,
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
