import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { requireProfile, toOwnProfile } from './get-own-profile.ts'
import { isUnchanged, patchProfile } from './profile-fields.ts'
import {
  findOwnProfile,
  lockOwnProfile,
  renameAccount,
  type UsernameChange,
  updateProfile,
} from './queries.ts'
import type { OwnProfile, ProfilePatch } from './schemas.ts'

/** Each change reserves one more name for the account, up to this many. */
const maxHeldUsernames = 3

export interface ProfileChange {
  readonly actor: Actor
  readonly patch: ProfilePatch
  readonly caller: Caller
  /** Called with the locked profile; throws if the change was meant for another version. */
  readonly assertCurrent: (current: OwnProfile) => void
}

export async function changeOwnProfile(
  { db, profileCache, usernameHoldDays }: Dependencies,
  { actor: { accountId }, patch: { username, ...patch }, caller, assertCurrent }: ProfileChange,
): Promise<OwnProfile> {
  const [before, after] = await db.transaction(async tx => {
    const current = requireProfile(await lockOwnProfile(tx, { accountId }))
    assertCurrent(toOwnProfile(current))
    const fields = patchProfile(current, patch)
    const isRenamed = username !== undefined && username !== current.username
    // Nothing is written where nothing changes, so that the ETag stays.
    if (!isRenamed && isUnchanged(fields, current)) return [current, current]
    if (isRenamed) {
      const rename = { accountId, username, caller, holdDays: usernameHoldDays, maxHeld: maxHeldUsernames }
      assertRenamed(await renameAccount(tx, rename))
    }
    await updateProfile(tx, { accountId, fields })
    return [current, requireProfile(await findOwnProfile(tx, { accountId }))]
  })
  await profileCache.invalidate([before.username, after.username])
  return toOwnProfile(after)
}

function assertRenamed(change: UsernameChange): void {
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
