import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { requireProfile, toOwnProfile } from './get-own-profile.ts'
import { isUnchanged, patchProfile } from './profile-fields.ts'
import {
  findOwnProfile,
  lockOwnProfile,
  type Profile,
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
  /** Called with the current profile; throws if the change was meant for another version. */
  readonly assertCurrent: (current: OwnProfile) => void
}

export async function changeOwnProfile(
  dependencies: Dependencies,
  change: ProfileChange,
): Promise<OwnProfile> {
  const [before, after] =
    (await changeReadVersion(dependencies, change)) ?? (await changeLocked(dependencies, change))
  const { profileCache } = dependencies
  const usernames = [before.username, after.username]
  const isHidden = before.visibility !== 'private' && after.visibility === 'private'
  await (isHidden ? profileCache.invalidateWithPosts(usernames) : profileCache.invalidate(usernames))
  return toOwnProfile(after)
}

type Change = readonly [before: Profile, after: Profile]

/**
 * Two statements and no lock, for the usual change. Undefined where a lock is needed: for the first change, which inserts
 * the row, for a new username, and after another writer.
 */
async function changeReadVersion(
  { db }: Pick<Dependencies, 'db'>,
  { actor: { accountId }, patch: { username, ...patch }, assertCurrent }: ProfileChange,
): Promise<Change | undefined> {
  const current = requireProfile(await findOwnProfile(db, { accountId }))
  assertCurrent(toOwnProfile(current))
  if (username !== undefined && username !== current.username) return undefined
  const fields = patchProfile(current, patch)
  // Nothing is written where nothing changes, so that the ETag stays.
  if (isUnchanged(fields, current)) return [current, current]
  const changed = current.rowVersion === null ? undefined : await updateProfile(db, { current, fields })
  return changed && [current, changed]
}

function changeLocked(
  { db, usernameHoldDays }: Pick<Dependencies, 'db' | 'usernameHoldDays'>,
  { actor: { accountId }, patch: { username, ...patch }, caller, assertCurrent }: ProfileChange,
): Promise<Change> {
  return db.transaction(async tx => {
    const current = requireProfile(await lockOwnProfile(tx, { accountId }))
    assertCurrent(toOwnProfile(current))
    const fields = patchProfile(current, patch)
    const isRenamed = username !== undefined && username !== current.username
    if (!isRenamed && isUnchanged(fields, current)) return [current, current]
    if (isRenamed) {
      const rename = { accountId, username, caller, holdDays: usernameHoldDays, maxHeld: maxHeldUsernames }
      assertRenamed(await renameAccount(tx, rename))
    }
    return [current, requireProfile(await updateProfile(tx, { current, fields }))]
  })
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
