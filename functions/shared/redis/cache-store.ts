import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { RedisClient } from './client.ts'

export interface CacheEntry<Value> {
  /** Names the value with everything that it depends on: filters, page, role. */
  readonly key: string
  /** The entry is invalidated with any of these. */
  readonly tags: readonly string[]
  /** A stored value that does not match, from another version of the code, counts as a miss. */
  readonly schema: v.GenericSchema<unknown, Value>
  readonly ttlSeconds: number
  /** The lifetime of the stale copy, returned while Postgres is unavailable; 0 for values that are rarely read again. */
  readonly staleSeconds?: number
  /** False for a value that only the current callers may receive. */
  readonly shouldCache?: (value: Value) => boolean
}

/** The lifetime of a stale copy, which is served while Postgres is unavailable. */
export const defaultStaleSeconds = 3_600
const maxTtlSeconds = 3_600
/** Longer than any entry lives, so that no entry outlives its invalidation. */
const tagSeconds = 2 * (maxTtlSeconds + defaultStaleSeconds)
/** Other pods may return what has changed until then. */
const retryMs = 200
/** Larger values cost Redis more than they save Postgres: a page of many whole posts. */
const maxStoredLength = 262_144
/** Above this, the oldest invalidations that have not reached Redis are given up: their entries expire by themselves. */
const maxPending = 10_000
/** Entries stored together do not expire together. */
const jitter = 0.2

const entryKey = (key: string) => `iod:cache:${key}`
const tagKey = (tag: string) => `iod:tag:${tag}`

const Stored = v.object({
  loadedAtMs: v.number(),
  freshUntilMs: v.number(),
  versions: v.array(v.string()),
  value: v.unknown(),
})
const StoredText = v.pipe(v.string(), v.parseJson(), Stored)

/** The versions of the tags of an entry, from before it was looked for; null for a tag that has none. */
export type TagVersions = readonly (string | null)[]

/**
 * Each tag has a version in Redis, changed by every invalidation. An entry is stored with the versions from before it was
 * loaded, and is valid while they are current, so a slow load cannot restore what was invalidated while it ran. A tag without
 * a version matches nothing: Redis may evict it, which must not restore an invalid entry.
 */
export function createCacheStore(redis: RedisClient) {
  /** Tags whose invalidation has not reached Redis. */
  const pending = new Set<string>()
  let willRetry = false

  async function invalidate(given: readonly string[]): Promise<void> {
    const tags = [...new Set(given)]
    for (const tag of tags) pending.add(tag)
    // Each for itself: one that Redis refuses must not hold back the others.
    const stored = await Promise.all(
      tags.map(tag => redis.attempt(commands => commands.set(tagKey(tag), randomUUID(), 'EX', tagSeconds))),
    )
    for (const [n, tag] of tags.entries()) {
      if (stored[n] !== undefined) pending.delete(tag)
      // A call that began earlier may have succeeded in the meantime, and removed it.
      else pending.add(tag)
    }
    if (!stored.includes(undefined)) return
    for (const tag of [...pending].slice(0, -maxPending)) pending.delete(tag)
    if (willRetry) return
    willRetry = true
    setTimeout(() => {
      willRetry = false
      void invalidate([...pending])
    }, retryMs).unref()
  }

  async function find<Value>({ key, tags, schema }: CacheEntry<Value>) {
    if (tags.some(tag => pending.has(tag))) return undefined
    const replies = await redis.attempt(commands => commands.mget(entryKey(key), ...tags.map(tagKey)))
    if (replies === undefined) return undefined
    const [text, ...versions] = replies
    const stored = v.safeParse(StoredText, text)
    if (!stored.success || stored.output.versions.some((version, n) => version !== versions[n]))
      return { versions }
    const value = v.safeParse(schema, stored.output.value)
    return value.success ? { versions, hit: { ...stored.output, value: value.output } } : { versions }
  }

  async function store<Value>(
    { key, tags, ttlSeconds, staleSeconds = defaultStaleSeconds }: CacheEntry<Value>,
    value: Value,
    loadedAtMs: number,
    found: TagVersions,
  ): Promise<void> {
    const freshUntilMs = loadedAtMs + ttlSeconds * 1_000 * (1 - jitter * Math.random())
    const versions = found.map(version => version ?? randomUUID())
    const text = JSON.stringify({ loadedAtMs, freshUntilMs, versions, value })
    if (text.length > maxStoredLength) return
    await redis.attempt(async commands => {
      // Only what exists gets a version: names of nothing, asked for in numbers, would fill Redis.
      const missing = tags.flatMap((tag, n) =>
        (found[n] ?? null) === null ? [{ tag, version: versions[n] ?? '' }] : [],
      )
      const given = await Promise.all(
        missing.map(({ tag, version }) => commands.set(tagKey(tag), version, 'EX', tagSeconds, 'NX')),
      )
      // It was invalidated, or stored by another pod, since it was looked for.
      if (given.includes(null)) return null
      return commands.set(entryKey(key), text, 'EX', Math.ceil(ttlSeconds) + staleSeconds)
    })
  }

  return { find, store, invalidate }
}
