import { Recent } from '../../shared/recent.ts'
import { type Cache, profileTag } from '../../shared/redis/cache.ts'
import { canonical } from '../../shared/username.ts'
import { PublicProfile } from '../schemas.ts'

/**
 * A change of the profile or of a following drops it from the cache. What posts change, what only time changes, and a
 * drop that was lost show within this, which still makes one statement a second of any number of reads.
 */
const cachedSeconds = 0.7

/** What everyone may see of a profile, from memory, Redis or Postgres. Undefined: there is no public one. */
export function createPublicProfiles(cache: Cache) {
  const recent = new Recent<PublicProfile | undefined>()

  return {
    /** Memory is for those who sent no token: whoever made a change sees it, whichever instance answers. */
    async read(
      usernameKey: string,
      isAnonymous: boolean,
      load: () => Promise<PublicProfile | undefined>,
    ): Promise<PublicProfile | undefined> {
      const entry = {
        key: `profile:${usernameKey}`,
        tags: [profileTag(usernameKey)],
        schema: PublicProfile,
        ttlSeconds: cachedSeconds,
      }
      if (!isAnonymous) return cache.read(entry, load)
      return recent.find(usernameKey) ?? recent.fill(usernameKey, () => cache.read(entry, load))
    },

    /** Once a change of what these profiles show is committed. */
    async changed(usernames: readonly string[]): Promise<void> {
      recent.forget()
      await cache.drop(usernames.map(name => profileTag(canonical(name))))
      recent.forget()
    },
  }
}

export type PublicProfiles = ReturnType<typeof createPublicProfiles>
