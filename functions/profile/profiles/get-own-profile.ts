import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { findOwnProfile, type Profile } from './queries.ts'
import type { OwnProfile } from './schemas.ts'

export const getOwnProfile = async (
  { db }: Pick<Dependencies, 'db'>,
  { actor: { accountId } }: { readonly actor: Actor },
): Promise<OwnProfile> => toOwnProfile(requireProfile(await findOwnProfile(db, { accountId })))

/** Throws if the account behind a valid token no longer exists: the token is worth no more than an invalid one. */
export function requireProfile<Found extends Profile>(profile: Found | undefined): Found {
  if (profile === undefined) throw new DomainError('invalid_token', {})
  return profile
}

export const toOwnProfile = ({ createdAt, updatedAt, ...profile }: Profile): OwnProfile => ({
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
