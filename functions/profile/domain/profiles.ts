import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { canonical, usernameKey } from '../../shared/username.ts'
import type { OwnProfile, ProfilePatch, PublicProfile } from '../schemas.ts'
import type {
  CountedProfile,
  Profile,
  ProfileFields,
  ProfileStore,
  UsernameChange,
} from '../store/profiles.ts'
import type { PublicProfiles } from './public-profiles.ts'

export interface ProfilesOptions {
  readonly store: ProfileStore
  readonly publicProfiles: PublicProfiles
  /** How long a former username is kept from everyone else. */
  readonly usernameHoldDays: number
}

/** The profile was renamed: it is found under this name now. */
export interface Moved {
  readonly kind: 'moved'
  readonly username: string
}

export interface Found<Value> {
  readonly kind: 'found'
  readonly value: Value
}

/** With each change one more name is kept from everyone; this many per account and no more. */
const maxHeldUsernames = 3

export const notFound = () => new DomainError('not_found', { detail: 'There is no profile of this name.' })

/** The verbs on profiles. They know no HTTP; what they refuse they throw as a DomainError. */
export function createProfiles({ store, publicProfiles, usernameHoldDays }: ProfilesOptions) {
  /** A private profile is found too: who may see it is for the caller to say. */
  async function find(username: string): Promise<Found<CountedProfile> | Moved> {
    const key = usernameKey(username)
    if (key === undefined) throw notFound()
    const profile = await store.byUsername(key)
    return profile === undefined ? moved(key) : { kind: 'found', value: profile }
  }

  async function moved(key: string): Promise<Moved> {
    const move = await store.formerly(key)
    // Where a private profile went is nobody's business.
    const target = move && (await store.byUsername(canonical(move.username)))
    if (target?.visibility !== 'public') throw notFound()
    return { kind: 'moved', username: target.username }
  }

  return {
    find,

    async own({ accountId }: Actor): Promise<OwnProfile> {
      return toOwn(existing(await store.byId(accountId)))
    },

    /** `expect` is shown the profile as it is, its row locked, and throws when the change was meant for another. */
    async change(
      { accountId }: Actor,
      { username, ...patch }: ProfilePatch,
      caller: Caller,
      expect: (current: OwnProfile) => void,
    ): Promise<OwnProfile> {
      let formerUsername = ''
      const profile = await store.inTransaction(async transaction => {
        const current = existing(await transaction.lock(accountId))
        formerUsername = current.username
        expect(toOwn(current))
        const fields = patched(current, patch)
        const isRenamed = username !== undefined && username !== current.username
        // Nothing is written where nothing changes: the ETag stays.
        if (!isRenamed && isSame(fields, current)) return toOwn(current)
        if (isRenamed) {
          const hold = { holdDays: usernameHoldDays, maxHeld: maxHeldUsernames }
          refuseUnlessChanged(await transaction.changeUsername(accountId, username, hold, caller))
        }
        await transaction.update(accountId, fields)
        return toOwn(existing(await transaction.byId(accountId)))
      })
      await publicProfiles.changed([formerUsername, profile.username])
      return profile
    },

    /** A private profile is not found, whoever asks: its owner reads it as their own. */
    async publicProfile(username: string): Promise<Found<PublicProfile> | Moved> {
      const key = usernameKey(username)
      if (key === undefined) throw notFound()
      const shown = await publicProfiles.read(key, async () => {
        const profile = await store.byUsername(key)
        return profile?.visibility === 'public' ? toPublic(profile) : undefined
      })
      return shown === undefined ? moved(key) : { kind: 'found', value: shown }
    },
  }
}

export type Profiles = ReturnType<typeof createProfiles>

/** A good token whose account is gone is worth no more than a bad one. */
function existing(profile: Profile | undefined): Profile {
  if (profile === undefined) throw new DomainError('invalid_token', {})
  return profile
}

function refuseUnlessChanged(change: UsernameChange): void {
  switch (change.outcome) {
    case 'changed':
      return
    case 'taken':
      throw new DomainError('conflict', {
        detail: 'This username is taken.',
        member: { path: 'username', message: 'is taken' },
      })
    case 'too_often':
      throw new DomainError('throttled', {
        detail: `You have changed your username ${maxHeldUsernames} times; the next change must wait.`,
        retryAfterSeconds: change.waitSeconds,
      })
  }
}

function patched(current: ProfileFields, patch: Omit<ProfilePatch, 'username'>): ProfileFields {
  const {
    displayName = current.displayName,
    bio = current.bio,
    location = current.location,
    website = current.website,
    avatarUrl = current.avatarUrl,
    visibility = current.visibility,
  } = patch
  return { displayName, bio, location, website, avatarUrl, visibility }
}

const isSame = (a: ProfileFields, b: ProfileFields) =>
  a.displayName === b.displayName &&
  a.bio === b.bio &&
  a.location === b.location &&
  a.website === b.website &&
  a.avatarUrl === b.avatarUrl &&
  a.visibility === b.visibility

const toOwn = ({ createdAt, updatedAt, ...profile }: Profile): OwnProfile => ({
  id: profile.id,
  username: profile.username,
  email: profile.email,
  displayName: profile.displayName,
  bio: profile.bio,
  location: profile.location,
  website: profile.website,
  avatarUrl: profile.avatarUrl,
  visibility: profile.visibility,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

const toPublic = (profile: CountedProfile): PublicProfile => ({
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
