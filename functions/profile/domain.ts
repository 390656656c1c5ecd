import type { Actor } from '../shared/access-token.ts'
import { invalidToken, Problem } from '../shared/problems.ts'
import { usernameKey } from '../shared/username.ts'
import type { OwnProfile, ProfilePatch, PublicProfile } from './schemas.ts'
import type { Profile, ProfileFields, ShownProfile, Store } from './store.ts'

export interface ProfilesOptions {
  readonly store: Store
}

/** The verbs of the profile function. They know no HTTP; what they refuse they throw as a Problem. */
export function createProfiles({ store }: ProfilesOptions) {
  return {
    async own({ accountId }: Actor): Promise<OwnProfile> {
      return toOwn(existing(await store.byId(accountId)))
    },

    /** `expect` is shown the profile as it is, its row locked, and throws when the change was meant for another. */
    async change(
      { accountId }: Actor,
      patch: ProfilePatch,
      expect: (current: OwnProfile) => void,
    ): Promise<OwnProfile> {
      return store.inTransaction(async transaction => {
        const current = existing(await transaction.lock(accountId))
        expect(toOwn(current))
        const fields = patched(current, patch)
        if (fields === undefined) return toOwn(current)
        await transaction.update(accountId, fields)
        return toOwn(existing(await transaction.byId(accountId)))
      })
    },

    async byUsername(username: string): Promise<PublicProfile> {
      const key = usernameKey(username)
      const profile = key === undefined ? undefined : await store.byUsername(key)
      if (profile === undefined) throw new Problem('not_found', 'There is no profile of this name.')
      return toPublic(profile)
    },
  }
}

export type Profiles = ReturnType<typeof createProfiles>

/** A good token whose account is gone is worth no more than a bad one. */
function existing(profile: Profile | undefined): Profile {
  if (profile === undefined) throw invalidToken()
  return profile
}

/** The fields after the patch, or undefined when it changes nothing: then nothing is written and the ETag stays. */
function patched(current: ProfileFields, patch: ProfilePatch): ProfileFields | undefined {
  const { displayName = current.displayName, bio = current.bio, avatarUrl = current.avatarUrl } = patch
  const isSame = displayName === current.displayName && bio === current.bio && avatarUrl === current.avatarUrl
  return isSame ? undefined : { displayName, bio, avatarUrl }
}

const toOwn = ({ id, username, email, displayName, bio, avatarUrl, createdAt, updatedAt }: Profile) => ({
  id,
  username,
  email,
  displayName,
  bio,
  avatarUrl,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

const toPublic = ({ username, displayName, bio, avatarUrl, createdAt }: ShownProfile) => ({
  username,
  displayName,
  bio,
  avatarUrl,
  createdAt: createdAt.toISOString(),
})
