import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { DomainError } from '../domain-error.ts'
import { createCounter } from '../metrics.ts'
import type { RedisClient } from './client.ts'

export interface CacheEntry<Value> {
  /** Names the value with everything that it depends on: filters, page, role. */
  readonly key: string
  /** The entry is dropped with any of these. */
  readonly tags: readonly string[]
  /** A stored value that does not match, from another version of the code, counts as a miss. */
  readonly schema: v.GenericSchema<unknown, Value>
  readonly ttlSeconds: number
  /** How long after that it is returned while Postgres is unavailable; 0 for values that are rarely read again. */
  readonly staleSeconds?: number
  /** False for a value that only the current callers may receive. */
  readonly shouldCache?: (value: Value) => boolean
}

export interface AgedValue<Value> {
  readonly value: Value
  readonly loadedAtMs: number
  /** It has expired, and Postgres is unavailable. */
  readonly isStale: boolean
}

export interface Cache {
  /**
   * Returns the value from Redis, or the result of `load`, which concurrent callers share. While Postgres is unavailable,
   * returns the last value for `staleSeconds`, unless it was dropped. Never stores undefined.
   */
  read<Value>(entry: CacheEntry<Value>, load: () => Promise<Value | undefined>): Promise<Value | undefined>
  /** The same, with the age. */
  readAged<Value>(
    entry: CacheEntry<Value>,
    load: () => Promise<Value | undefined>,
  ): Promise<AgedValue<Value> | undefined>
  /**
   * Called once a change is committed: reads that start later never return the old value. While Redis is unavailable, that
   * holds in this process; the others learn of it when Redis is back, and until then may return entries that are fresh.
   */
  drop(tags: readonly string[]): Promise<void>
}

export interface CacheOptions {
  readonly redis: RedisClient
  /** Invalidates the responses of this process; called before and after each drop. */
  readonly invalidateResponses?: () => void
  /** Unix time in milliseconds; a test brings its own. */
  readonly now?: () => number
}

/** How long after its time a value may be served while Postgres is unavailable. */
export const staleSeconds = 3_600
const maxTtlSeconds = 3_600
/** Longer than any entry lives, so that no entry outlives the note of its being dropped. */
const tagSeconds = 2 * (maxTtlSeconds + staleSeconds)
const retryMs = 1_000
/** A Postgres that has not answered by then is waited for no longer, where there is something to show. */
const patienceMs = 300
/** Larger values cost Redis more than they save Postgres: a page of many whole posts. */
const maxStoredLength = 262_144
/** More that could not be dropped than this, and the oldest run out by themselves. */
const maxPending = 10_000
/** Entries stored together do not expire together. */
const jitter = 0.2

const reads = createCounter('iod_cache_reads_total', 'Reads through the cache, by what they found.', 'result')

const entryKey = (key: string) => `iod:cache:${key}`
const tagKey = (tag: string) => `iod:tag:${tag}`

const Stored = v.object({
  loadedAtMs: v.number(),
  freshUntilMs: v.number(),
  versions: v.array(v.string()),
  value: v.unknown(),
})
const StoredText = v.pipe(v.string(), v.parseJson(), Stored)

/** On every entry: a deleted account is not shown from a cached copy either. */
export const accountsTag = 'accounts'

/** The public profile of a username; dropped by every change of what it shows or counts. */
export const profileTag = (usernameKey: string) => `profile:${usernameKey}`

/**
 * Each tag has a version in Redis, changed by every drop. An entry is stored with the versions from before it was
 * loaded, and is valid while they are current, so a slow load cannot restore what was dropped while it ran. A tag without
 * a version matches nothing: Redis may evict it, which must not restore a dropped entry.
 */
export function createCache({
  redis,
  invalidateResponses = () => undefined,
  now = Date.now,
}: CacheOptions): Cache {
  const flights = new Map<string, Promise<unknown>>()

  /** Tags whose invalidation has not reached Redis. */
  const pending = new Set<string>()
  let willRetry = false

  async function storeVersions(tags: readonly string[]): Promise<void> {
    for (const tag of tags) pending.add(tag)
    const stored = await redis.attempt(commands =>
      Promise.all(tags.map(tag => commands.set(tagKey(tag), randomUUID(), 'EX', tagSeconds))),
    )
    if (stored !== undefined) {
      for (const tag of tags) pending.delete(tag)
      return
    }
    for (const tag of [...pending].slice(0, -maxPending)) pending.delete(tag)
    if (willRetry) return
    willRetry = true
    setTimeout(() => {
      willRetry = false
      void storeVersions([...pending])
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

  async function readOnce<Value>(
    entry: CacheEntry<Value>,
    load: () => Promise<Value | undefined>,
  ): Promise<AgedValue<Value> | undefined> {
    const found = await find(entry)
    const hit = found?.hit
    const isFresh = hit !== undefined && now() < hit.freshUntilMs
    reads.add(found === undefined ? 'away' : isFresh ? 'hit' : 'miss')
    if (isFresh) return aged(hit, false)
    const loaded = loadAndStore(entry, load, found)
    if (hit === undefined) return loaded
    try {
      return await Promise.race([loaded, standIn(aged(hit, true))])
    } catch (error) {
      const isAway =
        error instanceof DomainError && (error.code === 'unavailable' || error.code === 'timeout')
      if (isAway) return aged(hit, true)
      throw error
    }
  }

  async function loadAndStore<Value>(
    entry: CacheEntry<Value>,
    load: () => Promise<Value | undefined>,
    found: { readonly versions: readonly (string | null)[] } | undefined,
  ): Promise<AgedValue<Value> | undefined> {
    const loadedAtMs = now()
    const value = await load()
    if (value === undefined) return undefined
    if (found !== undefined && entry.shouldCache?.(value) !== false) {
      void store(entry, value, loadedAtMs, found.versions)
    }
    return { value, loadedAtMs, isStale: false }
  }

  async function store<Value>(
    { key, tags, ttlSeconds, staleSeconds: standInSeconds = staleSeconds }: CacheEntry<Value>,
    value: Value,
    loadedAtMs: number,
    found: readonly (string | null)[],
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
      // It was dropped, or stored by another, since it was looked for.
      if (given.includes(null)) return null
      return commands.set(entryKey(key), text, 'EX', Math.ceil(ttlSeconds) + standInSeconds)
    })
  }

  function readAged<Value>(entry: CacheEntry<Value>, load: () => Promise<Value | undefined>) {
    // One key has one schema, so what is in flight under it is of this type.
    const flight = flights.get(entry.key) as Promise<AgedValue<Value> | undefined> | undefined
    if (flight !== undefined) return flight
    const started = readOnce(entry, load).finally(() => {
      if (flights.get(entry.key) === started) flights.delete(entry.key)
    })
    flights.set(entry.key, started)
    return started
  }

  return {
    readAged,
    read: async (entry, load) => (await readAged(entry, load))?.value,

    async drop(tags) {
      // Later reads must not receive the result of a load that began before.
      invalidateResponses()
      flights.clear()
      await storeVersions(tags)
      invalidateResponses()
    },
  }
}

/** Resolves to the stale value when Postgres takes too long. The load continues, and its result is stored. */
const standIn = <Value>(value: Value): Promise<Value> =>
  new Promise(resolve => setTimeout(resolve, patienceMs, value).unref())

const aged = <Value>({ value, loadedAtMs }: { value: Value; loadedAtMs: number }, isStale: boolean) => ({
  value,
  loadedAtMs,
  isStale,
})
