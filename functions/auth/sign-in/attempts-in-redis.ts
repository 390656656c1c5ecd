import type { RedisClient } from '../../shared/redis/client.ts'
import type { CountedAttempt } from './attempt-queries.ts'

/**
 * One script, so that reading and counting are one step. ARGV: seconds after which the count is forgotten, then the
 * wait after each attempt. Returns the milliseconds to wait, or 0 when the attempt was counted.
 */
const countScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local openAt = tonumber(redis.call('HGET', KEYS[1], 'openAt') or '0')
if openAt > now then return openAt - now end
local attempts = redis.call('HINCRBY', KEYS[1], 'attempts', 1)
local wait = tonumber(ARGV[1 + math.min(attempts, #ARGV - 1)])
if wait > 0 then redis.call('HSET', KEYS[1], 'openAt', string.format('%d', now + wait * 1000)) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 0`

const keyOf = (subjectHash: Buffer) => `iod:attempts:${subjectHash.toString('base64url')}`

/** Counts an attempt and returns 0, or returns the seconds to wait; undefined while Redis is unavailable. */
export async function countAttempt(
  redis: RedisClient,
  { subjectHash, waitSeconds, forgetAfterSeconds }: CountedAttempt,
): Promise<number | undefined> {
  const waitMs = await redis.attempt(commands =>
    commands.eval(countScript, 1, keyOf(subjectHash), forgetAfterSeconds, ...waitSeconds),
  )
  return waitMs === undefined ? undefined : Math.ceil(Number(waitMs) / 1_000)
}

export const deleteAttempts = (redis: RedisClient, { subjectHash }: Pick<CountedAttempt, 'subjectHash'>) =>
  redis.attempt(commands => commands.del(keyOf(subjectHash)))
