import type * as v from 'valibot'
import { type AgedValue, accountsTag, type Cache } from '../../shared/redis/cache.ts'

/**
 * No representation counts as fresh for longer; with the response cache of a process that is less than a second. So a
 * lost invalidation, a scheduled post whose time comes and an author who is renamed need no further care.
 */
const freshSeconds = 0.7

/** Invalidated with every public list. */
const listsTag = 'posts'
const postTag = (slug: string) => `post:${slug}`

export interface CachedRead<Value> {
  readonly key: string
  /** The slug of the one post that the value depends on; absent for a list, which depends on all of them. */
  readonly slug?: string
  readonly schema: v.GenericSchema<unknown, Value>
  /** Returns true if the value may be stored; absent, every value may. */
  readonly shouldCache?: (value: Value) => boolean
  /** True for one of arbitrarily many keys, such as a search: it is not retained for a Postgres outage. */
  readonly ephemeral?: boolean
}

interface CachedValue<Value> {
  readonly value: Value
  /** Set while Postgres is unavailable: the age of the value. */
  readonly staleAgeMs: number | undefined
}

/** Public representations, from Redis or else from Postgres. */
export interface PostCache {
  getOrLoad<Value>(
    read: CachedRead<Value>,
    load: () => Promise<Value | undefined>,
  ): Promise<CachedValue<Value> | undefined>
  /** Called after a change of these posts is committed: reads that start later never return the old value. */
  invalidate(slugs: readonly string[]): Promise<void>
}

export function createPostCache(cache: Cache, now: () => number = Date.now): PostCache {
  const staleAgeMs = ({ isStale, loadedAtMs }: AgedValue<unknown>) =>
    isStale ? Math.max(0, now() - loadedAtMs) : undefined

  return {
    async getOrLoad({ key, slug, schema, shouldCache, ephemeral }, load) {
      const entry = {
        key: `posts:${key}`,
        tags: [slug === undefined ? listsTag : postTag(slug), accountsTag],
        schema,
        ttlSeconds: freshSeconds,
        ...(shouldCache && { shouldCache }),
        ...(ephemeral && { staleSeconds: 0 }),
      }
      const found = await cache.readAged(entry, load)
      return found && { value: found.value, staleAgeMs: staleAgeMs(found) }
    },

    invalidate: slugs => cache.invalidate([listsTag, ...new Set(slugs.map(postTag))]),
  }
}
