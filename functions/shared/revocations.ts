import * as v from 'valibot'
import { DomainError } from './domain-error.ts'
import { type SessionId, SessionIdSchema } from './ids.ts'
import type { Database } from './postgres/database.ts'
import type { RedisClient } from './redis/client.ts'

/** The sessions that have ended while their access tokens are still valid. */
export interface Revocations {
  /** Rejects with 503 when neither Redis nor Postgres has said anything within the bound. */
  isRevoked(session: SessionId): Promise<boolean>
  /** Tells every other pod, once the end of the sessions is committed. Never rejects: Postgres says it too. */
  announce(sessions: readonly SessionId[]): Promise<void>
}

export interface RevocationsOptions {
  readonly redis: RedisClient
  readonly database: Database
  /** Without Redis an ended session is cut off within this time. */
  readonly maxAgeSeconds: number
  /** Milliseconds that only grow; a test brings its own. */
  readonly now?: () => number
}

interface Revocation {
  readonly session: SessionId
  readonly revokedAtMs: number
}

/** Longer than an access token lives: after that its session need not be remembered. As the view of Postgres has it. */
const retentionMs = 20 * 60_000
/** With Redis a revoked session is rejected within 5 s: older data is not used. */
const redisMaxAgeMs = 4_000
/** Data older than this is refreshed in the background. */
const redisRefreshAgeMs = 2_000
/** Announced late, or committed late, or by a pod whose clock is behind: each read begins this much before the last. */
const overlapMs = 30_000
const retryAfterFailureMs = 1_000
const redisKey = 'iod:revocations'

/**
 * Keeps the ended sessions of the last minutes in memory. Both sources are read in steps, from where the last read
 * ended, and never more than once at a time, so a busy pod asks Redis every 2 s and not for each request.
 * Postgres is read too while Redis is there, at half the bound: an announcement may have been lost.
 */
export function createRevocations({
  redis,
  database,
  maxAgeSeconds,
  now = () => performance.now(),
}: RevocationsOptions): Revocations {
  const maxAgeMs = maxAgeSeconds * 1_000
  /** By the time at which each was last heard of, on the clock that nobody sets. */
  const revoked = new Map<SessionId, number>()
  const fromRedis = createSource(
    sinceMs => redis.attempt(commands => readRedis(commands, sinceMs)),
    take,
    now,
  )
  const fromPostgres = createSource(sinceMs => readPostgres(database, sinceMs), applyRevocations, now)

  function take(revocations: readonly Pick<Revocation, 'session'>[]): void {
    for (const { session } of revocations) revoked.set(session, now())
  }

  function applyRevocations(revocations: readonly Revocation[]): void {
    take(revocations)
    for (const [session, heardMs] of revoked) {
      if (heardMs < now() - retentionMs) revoked.delete(session)
    }
  }

  return {
    async isRevoked(session) {
      // Both begun before either is waited for.
      const redisRead = fromRedis.ageMs() > redisRefreshAgeMs ? fromRedis.refresh() : undefined
      const postgresRead = fromPostgres.ageMs() > maxAgeMs / 2 ? fromPostgres.refresh() : undefined
      if (fromRedis.ageMs() > redisMaxAgeMs) await redisRead
      if (fromPostgres.ageMs() > maxAgeMs) await postgresRead
      if (revoked.has(session)) return true
      if (fromRedis.ageMs() > redisMaxAgeMs && fromPostgres.ageMs() > maxAgeMs) {
        throw new DomainError('unavailable', {
          detail: 'The status of the session is temporarily unavailable.',
        })
      }
      return false
    },
    async announce(sessions) {
      if (sessions.length === 0) return
      const nowMs = Date.now()
      take(sessions.map(session => ({ session })))
      await redis.attempt(commands =>
        Promise.all([
          commands.zadd(redisKey, ...sessions.flatMap(session => [nowMs, session])),
          commands.zremrangebyscore(redisKey, '-inf', nowMs - retentionMs),
          commands.pexpire(redisKey, retentionMs),
        ]),
      )
    },
  }
}

/** One of the two places to read from. `refresh` never rejects: whether it worked shows in the age. */
function createSource(
  read: (sinceMs: number) => Promise<readonly Revocation[] | undefined>,
  take: (revocations: readonly Revocation[]) => void,
  now: () => number,
) {
  let loadedMs = Number.NEGATIVE_INFINITY
  let failedMs = Number.NEGATIVE_INFINITY
  let newestMs = 0
  let running: Promise<void> | undefined

  async function load(): Promise<void> {
    const startMs = now()
    const revocations = await read(newestMs - overlapMs).catch(() => undefined)
    if (revocations === undefined) {
      failedMs = now()
      return
    }
    take(revocations)
    // The clock of the pod that announced it may be ahead, and the next read must not begin in the future.
    newestMs = Math.min(
      Date.now(),
      revocations.reduce((newest, { revokedAtMs }) => Math.max(newest, revokedAtMs), newestMs),
    )
    loadedMs = startMs
  }

  return {
    ageMs: () => now() - loadedMs,
    refresh(): Promise<void> {
      // A source that has just failed is not waited for by one request after the other.
      if (now() - failedMs < retryAfterFailureMs) return Promise.resolve()
      running ??= load().finally(() => {
        running = undefined
      })
      return running
    },
  }
}

type RedisCommands = Parameters<Parameters<RedisClient['attempt']>[0]>[0]

async function readRedis(commands: RedisCommands, sinceMs: number): Promise<readonly Revocation[]> {
  const flat = await commands.zrangebyscore(redisKey, Math.max(0, sinceMs), '+inf', 'WITHSCORES')
  const revocations: Revocation[] = []
  for (let index = 0; index < flat.length; index += 2) {
    const session = v.safeParse(SessionIdSchema, flat[index])
    if (session.success) revocations.push({ session: session.output, revokedAtMs: Number(flat[index + 1]) })
  }
  return revocations
}

const selectRevocations = {
  name: 'select_revocations',
  text: `select session_id as session, extract(epoch from revoked_at)::float8 * 1000 as "revokedAtMs"
    from auth.recent_revocations
    where revoked_at >= to_timestamp($1::float8 / 1000)`,
}

const readPostgres = (database: Database, sinceMs: number) =>
  database.query<Revocation>(selectRevocations, [Math.max(0, sinceMs)])
