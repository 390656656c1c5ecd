import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Found, findProfile, type Moved, profileNotFound } from '../profiles/find-profile.ts'
import { deleteFollow, hasFollow, insertFollow, maxFollowed } from './queries.ts'
import type { FollowState } from './schemas.ts'

interface FollowOf {
  readonly actor: Actor
  readonly username: string
}

type Writes = Pick<Dependencies, 'db' | 'profileCache'>
type Result = Found<FollowState> | Moved

const state = (following: boolean): Result => ({ kind: 'found', value: { following } })

/** Rejects a new follow of a private profile; an existing one stays. */
export async function followProfile(
  { db, profileCache }: Writes,
  { actor: { accountId: followerId }, username }: FollowOf,
): Promise<Result> {
  const found = await findProfile({ db }, { username })
  if (found.kind === 'moved') return found
  const { id: followeeId, visibility } = found.value
  if (followeeId === followerId) throw new DomainError('conflict', { detail: 'You cannot follow yourself.' })
  if (visibility === 'private' && !(await hasFollow(db, { followerId, followeeId }))) throw profileNotFound()
  const outcome = await insertFollow(db, { followerId, followeeId })
  switch (outcome.kind) {
    case 'following':
      if (outcome.followerKey !== undefined)
        await profileCache.invalidate([outcome.followerKey, found.value.username])
      return state(true)
    case 'too many':
      throw new DomainError('conflict', {
        detail: `You follow ${maxFollowed} people already, which is the maximum.`,
      })
    case 'no follower':
      throw new DomainError('invalid_token', {})
    case 'no followee':
      throw profileNotFound()
  }
}

/** Also ends the follow of a profile that became private; to everyone else a private one is not found. */
export async function unfollowProfile(
  { db, profileCache }: Writes,
  { actor: { accountId: followerId }, username }: FollowOf,
): Promise<Result> {
  const found = await findProfile({ db }, { username })
  if (found.kind === 'moved') return found
  const followerKey = await deleteFollow(db, { followerId, followeeId: found.value.id })
  if (followerKey === undefined && found.value.visibility === 'private') throw profileNotFound()
  if (followerKey !== undefined) await profileCache.invalidate([followerKey, found.value.username])
  return state(false)
}

export async function isFollowingProfile(
  { db }: Pick<Dependencies, 'db'>,
  { actor: { accountId: followerId }, username }: FollowOf,
): Promise<Result> {
  const found = await findProfile({ db }, { username })
  if (found.kind === 'moved') return found
  const following = await hasFollow(db, { followerId, followeeId: found.value.id })
  if (!following && found.value.visibility === 'private') throw profileNotFound()
  return state(following)
}
