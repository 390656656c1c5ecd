import { createHash } from 'node:crypto'
import type { Database } from '../../shared/postgres/database.ts'
import type { RedisClient } from '../../shared/redis/client.ts'

/** This many tries in a row are free; the wait after the next doubles from one second up to the longest. */
const freeTries = 10
const longestWaitSeconds = 300
/** After this long without a try all is forgotten. */
const forgetSeconds = 3_600

export interface AttemptStore {
  /** Counts a try before it is made, so that parallel guesses cannot all pass; more than 0 when it must not be made. */
  begin(subject: string): Promise<number>
  /** The try was right: the next ones are free again. */
  clear(subject: string): Promise<void>
}

/** One script, so that reading, deciding and counting are one step. Returns milliseconds to wait, 0 for go on. */
const beginScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local openAt = tonumber(redis.call('HGET', KEYS[1], 'openAt') or '0')
if openAt > now then return openAt - now end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
if tries >= tonumber(ARGV[1]) then
  local wait = math.min(2 ^ (tries - ARGV[1]), tonumber(ARGV[2]))
  redis.call('HSET', KEYS[1], 'openAt', string.format('%d', now + wait * 1000))
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 0`

/** The same in one statement, whose row lock makes it one step: no row comes back when the time has not come. */
const beginStatement = {
  name: 'begin_attempt',
  text: `insert into auth.attempts as attempt (subject, tries, open_at, last_at)
    values ($1::bytea, 1, '-infinity', now())
    on conflict (subject) do update set
      tries = case when attempt.last_at < now() - make_interval(secs => $4::int) then 1 else attempt.tries + 1 end,
      open_at = case
        when attempt.last_at < now() - make_interval(secs => $4::int) or attempt.tries + 1 < $2::int
          then '-infinity'
        else now() + make_interval(secs => least(2 ^ least(attempt.tries + 1 - $2::int, 30), $3::int))
      end,
      last_at = now()
    where attempt.open_at <= now()
    returning subject`,
}

const selectWait = {
  name: 'select_attempt_wait',
  text: `select extract(epoch from open_at - now())::float8 as seconds from auth.attempts where subject = $1::bytea`,
}

const clearStatement = { name: 'clear_attempts', text: `delete from auth.attempts where subject = $1::bytea` }

/** A slow-down per subject that grows with the tries and ends by itself: in Redis, or in Postgres while that is away. */
export function createAttemptStore(redis: RedisClient, database: Database): AttemptStore {
  const keyOf = (hash: Buffer) => `iod:attempts:${hash.toString('base64url')}`
  // A hash: addresses need not be readable here, least of all those of people without an account.
  const hashOf = (subject: string) => createHash('sha256').update(subject).digest()

  async function beginInPostgres(hash: Buffer): Promise<number> {
    const parameters = [hash, freeTries, longestWaitSeconds, forgetSeconds]
    const [counted] = await database.query(beginStatement, parameters)
    if (counted !== undefined) return 0
    const [wait] = await database.query<{ readonly seconds: number }>(selectWait, [hash])
    return Math.max(1, Math.ceil(wait?.seconds ?? 1))
  }

  return {
    async begin(subject) {
      const hash = hashOf(subject)
      const waitMs = await redis.attempt(commands =>
        commands.eval(beginScript, 1, keyOf(hash), freeTries, longestWaitSeconds, forgetSeconds),
      )
      return waitMs === undefined ? beginInPostgres(hash) : Math.ceil(Number(waitMs) / 1_000)
    },
    async clear(subject) {
      const hash = hashOf(subject)
      // In both: Redis may have come, or gone, since the try was counted.
      await Promise.all([
        redis.attempt(commands => commands.del(keyOf(hash))),
        database.query(clearStatement, [hash]),
      ])
    },
  }
}
