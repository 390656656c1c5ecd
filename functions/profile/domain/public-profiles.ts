import { type Cache, profileTag } from '../../shared/redis/cache.ts'
import { canonical } from '../../shared/username.ts'
import { PublicProfile } from '../schemas.ts'

/**
 * A change of the profile or of a following drops it from the cache. What posts change, what only time changes, and a
 * drop that was lost show within this, which still makes one statement a second of any number of reads.
 */
const cachedSeconds = 0.7

/** What everyone may see of a profile, from Redis or Postgres. */
export function createPublicProfiles(cache: Cache) {
  return {
    /** Undefined: there is no public one. */
    read: (usernameKey: string, load: () => Promise<PublicProfile | undefined>) =>
      cache.read(
        {
          key: `profile:${usernameKey}`,
          tags: [profileTag(usernameKey)],
          schema: PublicProfile,
          ttlSeconds: cachedSeconds,
        },
        load,
      ),

    /** Once a change of what these profiles show is committed. */
    changed: (usernames: readonly string[]): Promise<void> =>
      cache.drop(usernames.map(name => profileTag(canonical(name)))),
  }
}

export type PublicProfiles = ReturnType<typeof createPublicProfiles>
