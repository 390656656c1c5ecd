import type { Dependencies } from '../dependencies.ts'
import { type Found, findMoved, type Moved, requireUsernameKey } from './find-profile.ts'
import { type CountedProfile, findProfileByUsername } from './queries.ts'
import type { PublicProfile } from './schemas.ts'

/** Nobody finds a private profile here, not even its owner, who reads it with `getOwnProfile`. */
export async function getPublicProfile(
  { db, profileCache }: Pick<Dependencies, 'db' | 'profileCache'>,
  { username }: { readonly username: string },
): Promise<Found<PublicProfile> | Moved> {
  const usernameKey = requireUsernameKey(username)
  const profile = await profileCache.getOrLoad(usernameKey, async () => {
    const loaded = await findProfileByUsername(db, { usernameKey })
    return loaded?.visibility === 'public' ? toPublicProfile(loaded) : undefined
  })
  return profile === undefined ? findMoved({ db }, { usernameKey }) : { kind: 'found', value: profile }
}

const toPublicProfile = (profile: CountedProfile): PublicProfile => ({
  username: profile.username,
  displayName: profile.displayName,
  bio: profile.bio,
  location: profile.location,
  website: profile.website,
  avatarUrl: profile.avatarUrl,
  postsCount: profile.postsCount,
  followersCount: profile.followersCount,
  followingCount: profile.followingCount,
  createdAt: profile.createdAt.toISOString(),
})
