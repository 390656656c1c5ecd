import { DomainError } from '../domain-error.ts'
import { createCounter } from '../metrics.ts'
import { type CacheEntry, createCacheStore, type TagVersions } from './cache-store.ts'
import type { RedisClient } from './client.ts'

export interface AgedValue<Value> {
  readonly value: Value
  readonly loadedAtMs: number
  /** It has expired, and Postgres is unavailable. */
  readonly isStale: boolean
}

export interface Cache {
  /**
   * Returns the value from Redis, or the result of `load`, which concurrent callers share. While Postgres is unavailable,
   * returns the stale copy for `staleSeconds`, unless it was invalidated. Never stores undefined.
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
  invalidate(tags: readonly string[]): Promise<void>
}

export interface CacheOptions {
  readonly redis: RedisClient
  /** Invalidates the responses of this process; called before and after each invalidation. */
  readonly invalidateResponses?: () => void
  /** Unix time in milliseconds; a test brings its own. */
  readonly now?: () => number
}

/** A read waits no longer than this for Postgres if there is a stale copy. */
const patienceMs = 300
const reads = createCounter('iod_cache_reads_total', 'Reads through the cache, by what they found.', 'result')

/** Clocks of two pods may differ by this much. What a pod loaded whose clock was further ahead would stay fresh for too long. */
const maxClockLeadMs = 1_000

const isWithin = (
  { loadedAtMs, freshUntilMs }: { readonly loadedAtMs: number; readonly freshUntilMs: number },
  nowMs: number,
) => loadedAtMs - maxClockLeadMs < nowMs && nowMs < freshUntilMs

/** On every entry of posts; invalidated when an account is deleted or a profile becomes private, since any entry may show it. */
export const accountsTag = 'accounts'

/** The public profile of a username; invalidated by every change of what it shows or counts. */
export const profileTag = (usernameKey: string) => `profile:${usernameKey}`

export function createCache({
  redis,
  invalidateResponses = () => undefined,
  now = Date.now,
}: CacheOptions): Cache {
  const cacheStore = createCacheStore(redis)
  const flights = new Map<string, Promise<unknown>>()

  async function readOnce<Value>(
    entry: CacheEntry<Value>,
    load: () => Promise<Value | undefined>,
  ): Promise<AgedValue<Value> | undefined> {
    const found = await cacheStore.find(entry)
    const hit = found?.hit
    const isFresh = hit !== undefined && isWithin(hit, now())
    reads.add(found === undefined ? 'unavailable' : isFresh ? 'hit' : 'miss')
    if (isFresh) return aged(hit, false)
    const loaded = loadAndStore(entry, load, found)
    if (hit === undefined) return loaded
    try {
      return await Promise.race([loaded, staleCopyAfterPatience(aged(hit, true))])
    } catch (error) {
      const isUnavailable =
        error instanceof DomainError && (error.code === 'unavailable' || error.code === 'timeout')
      if (isUnavailable) return aged(hit, true)
      throw error
    }
  }

  async function loadAndStore<Value>(
    entry: CacheEntry<Value>,
    load: () => Promise<Value | undefined>,
    found: { readonly versions: TagVersions } | undefined,
  ): Promise<AgedValue<Value> | undefined> {
    const loadedAtMs = now()
    const value = await load()
    if (value === undefined) return undefined
    if (found !== undefined && entry.shouldCache?.(value) !== false) {
      void cacheStore.store(entry, value, loadedAtMs, found.versions)
    }
    return { value, loadedAtMs, isStale: false }
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

    async invalidate(tags) {
      // Later reads must not receive the result of a load that began before.
      invalidateResponses()
      flights.clear()
      await cacheStore.invalidate(tags)
      invalidateResponses()
    },
  }
}

/** Resolves to the stale copy when Postgres takes too long. The load continues, and its result is stored. */
const staleCopyAfterPatience = <Value>(value: Value): Promise<Value> =>
  new Promise(resolve => setTimeout(resolve, patienceMs, value).unref())

const aged = <Value>({ value, loadedAtMs }: { value: Value; loadedAtMs: number }, isStale: boolean) => ({
  value,
  loadedAtMs,
  isStale,
})
