import type * as v from 'valibot'
import { Recent } from '../../shared/recent.ts'
import type { AgedValue, Cache, CacheEntry } from '../../shared/redis/cache.ts'

/**
 * Nothing is shown as fresh for longer, wherever it lies: with what a process remembers (recent.ts) it makes less than
 * a second. So a drop that is lost, a scheduled post whose time comes and an author who is renamed need no care.
 */
const freshSeconds = 0.7

/** Every public list is dropped with it. */
const listsTag = 'posts'
const postTag = (slug: string) => `post:${slug}`

export interface PublicRead<Value> {
  readonly key: string
  /** Of one post, or of many. */
  readonly slug?: string
  readonly schema: v.GenericSchema<unknown, Value>
  readonly keeps?: (value: Value) => boolean
  /** One of as many as people can think of, such as a search: it does not stay to stand in for Postgres. */
  readonly isPassing?: boolean
}

/** What everyone may see, read from memory, Redis or Postgres: in this order, and through all of them at most once. */
export function createPublicReads(cache: Cache) {
  const recent = new Recent<unknown>()

  const entryOf = <Value>({ key, slug, schema, keeps, isPassing }: PublicRead<Value>): CacheEntry<Value> => ({
    key: `posts:${key}`,
    tags: [slug === undefined ? listsTag : postTag(slug)],
    schema,
    ttlSeconds: freshSeconds,
    ...(keeps && { keeps }),
    ...(isPassing && { staleSeconds: 0 }),
  })

  return {
    async read<Value>(
      read: PublicRead<Value>,
      isAnonymous: boolean,
      load: () => Promise<Value | undefined>,
    ): Promise<AgedValue<Value> | undefined> {
      if (!isAnonymous) return cache.readAged(entryOf(read), load)
      // Under one key lie values of one schema.
      const kept = recent.find(read.key) as AgedValue<Value> | undefined
      if (kept !== undefined) return kept
      const found = await recent.fill(read.key, async () => {
        const value = await cache.readAged(entryOf(read), load)
        return value !== undefined && read.keeps?.(value.value) === false ? undefined : value
      })
      return found as AgedValue<Value> | undefined
    },

    /** Once a change of these posts is committed: the next read of any process begins after it. */
    async changed(slugs: readonly string[]): Promise<void> {
      recent.forget()
      await cache.drop([listsTag, ...new Set(slugs.map(postTag))])
      recent.forget()
    },
  }
}

export type PublicReads = ReturnType<typeof createPublicReads>
