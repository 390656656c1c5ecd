import type { RedisClient } from '../../shared/redis/client.ts'
import type { AttemptRecord, StoredAttempts } from './attempt-queries.ts'

/**
 * Writes only if nothing has changed since the attempts were read. ARGV: the count and the time read, the next count,
 * its wait and the lifetime of the key in seconds.
 */
const recordScript = `
local count, lastAt = unpack(redis.call('HMGET', KEYS[1], 'attempts', 'lastAt'))
if (count or '0') ~= ARGV[1] or (lastAt or '') ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local openAt = string.format('%d', now + ARGV[4] * 1000)
redis.call('HSET', KEYS[1], 'attempts', ARGV[3], 'lastAt', string.format('%d', now), 'openAt', openAt)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1`

const keyOf = (subjectHash: Buffer) => `iod:attempts:${subjectHash.toString('base64url')}`

/** Wrapped, since undefined is the reply of a Redis that is unavailable. */
interface Found {
  readonly attempts: StoredAttempts | undefined
}

export const findAttempts = (redis: RedisClient, subjectHash: Buffer): Promise<Found | undefined> =>
  redis.attempt(async commands => {
    // The time after the attempts: it is then never before them.
    const [[count, lastAt, openAt], [seconds, microseconds]] = await Promise.all([
      commands.hmget(keyOf(subjectHash), 'attempts', 'lastAt', 'openAt'),
      commands.time(),
    ])
    if (typeof count !== 'string') return { attempts: undefined }
    const nowMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
    return {
      attempts: {
        count: Number(count),
        // Earlier revisions recorded no time.
        secondsSinceLast: (nowMs - Number(lastAt ?? nowMs)) / 1_000,
        waitSeconds: (Number(openAt ?? 0) - nowMs) / 1_000,
        version: lastAt ?? '',
      },
    }
  })

/** Returns false if the attempts have changed since they were read; undefined while Redis is unavailable. */
export const recordAttempt = (
  redis: RedisClient,
  { subjectHash, previous, attempt, keepSeconds }: AttemptRecord & { readonly keepSeconds: number },
): Promise<boolean | undefined> =>
  redis.attempt(async commands => {
    const read = [previous?.count ?? 0, previous?.version ?? '']
    const next = [attempt.count, attempt.waitSeconds, keepSeconds]
    return (await commands.eval(recordScript, 1, keyOf(subjectHash), ...read, ...next)) === 1
  })

export const deleteAttempts = (redis: RedisClient, { subjectHash }: Pick<AttemptRecord, 'subjectHash'>) =>
  redis.attempt(commands => commands.del(keyOf(subjectHash)))
