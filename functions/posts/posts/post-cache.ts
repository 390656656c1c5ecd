import type * as v from 'valibot'
import { type AgedValue, accountsTag, type Cache, type CacheEntry } from '../../shared/redis/cache.ts'

/**
 * Nothing is shown as fresh for longer, wherever it lies: with what a process remembers (recent-answers.ts) it makes
 * less than a second. So a drop that is lost, a scheduled post whose time comes and an author who is renamed need no care.
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

/** What everyone may see, from Redis or Postgres. */
export function createPublicReads(cache: Cache) {
  const entryOf = <Value>({ key, slug, schema, keeps, isPassing }: PublicRead<Value>): CacheEntry<Value> => ({
    key: `posts:${key}`,
    tags: [slug === undefined ? listsTag : postTag(slug), accountsTag],
    schema,
    ttlSeconds: freshSeconds,
    ...(keeps && { keeps }),
    ...(isPassing && { staleSeconds: 0 }),
  })

  return {
    read: <Value>(
      read: PublicRead<Value>,
      load: () => Promise<Value | undefined>,
    ): Promise<AgedValue<Value> | undefined> => cache.readAged(entryOf(read), load),

    /** Once a change of these posts is committed: the next read of any process begins after it. */
    changed: (slugs: readonly string[]): Promise<void> =>
      cache.drop([listsTag, ...new Set(slugs.map(postTag))]),
  }
}

export type PublicReads = ReturnType<typeof createPublicReads>
