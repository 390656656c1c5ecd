import { accountsTag, type Cache, profileTag } from '../../shared/redis/cache.ts'
import { canonical } from '../../shared/username.ts'
import { PublicProfile } from './schemas.ts'

/**
 * Bounds how long a change of posts, a lost invalidation or anything that only time changes stays unseen; it still turns
 * any number of reads into about one statement a second.
 */
const freshSeconds = 0.7

/** Public profiles, from Redis or else from Postgres. */
export interface ProfileCache {
  /** Undefined if there is no public profile of this name. */
  getOrLoad(
    usernameKey: string,
    load: () => Promise<PublicProfile | undefined>,
  ): Promise<PublicProfile | undefined>
  /** Called after a change of these profiles is committed: reads that start later never return the old value. */
  invalidate(usernames: readonly string[]): Promise<void>
  /** Called after a profile became private: no copy of a post shows its name or favorites any more. */
  invalidateWithPosts(usernames: readonly string[]): Promise<void>
}

const tagsOf = (usernames: readonly string[]) => usernames.map(name => profileTag(canonical(name)))

export const createProfileCache = (cache: Cache): ProfileCache => ({
  getOrLoad: (usernameKey, load) =>
    cache.read(
      {
        key: `profile:${usernameKey}`,
        tags: [profileTag(usernameKey)],
        schema: PublicProfile,
        ttlSeconds: freshSeconds,
      },
      load,
    ),

  invalidate: usernames => cache.invalidate(tagsOf(usernames)),
  invalidateWithPosts: usernames => cache.invalidate([...tagsOf(usernames), accountsTag]),
})
