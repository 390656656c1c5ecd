import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { UniqueViolation } from '../../shared/postgres/errors.ts'
import { assignedFields, columnNames, fieldNames, selectedFields } from './profile-fields.ts'
import type { ProfileFields } from './schemas.ts'

/** A profile with what identifies its account. */
export interface Profile extends ProfileFields {
  readonly id: AccountId
  readonly username: string
  readonly email: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A profile as its row was read: an update of that version changes nothing that was not read. */
export interface VersionedProfile extends Profile {
  /** Null for an account that has no row yet. */
  readonly rowVersion: string | null
}

export interface CountedProfile extends Omit<Profile, 'email' | 'updatedAt'> {
  readonly postsCount: number
  readonly followersCount: number
  readonly followingCount: number
}

export type UsernameChange =
  | { readonly outcome: 'changed' | 'taken' }
  /** The account holds the maximum of former names; the first is released after `waitSeconds`. */
  | { readonly outcome: 'too_often'; readonly waitSeconds: number }

const columns = `account.id, account.username, account.created_at as "createdAt", ${selectedFields}`

const ownColumns = `${columns}, account.email, coalesce(profile.updated_at, account.created_at) as "updatedAt",
      profile.xmin::text as "rowVersion"`

const selectOwn = {
  name: 'select_own_profile',
  text: `select ${ownColumns}
    from auth.account_details account
    left join profile.profiles profile on profile.account_id = account.id
    where account.id = $1::uuid`,
}

/** Exported for the test of its plan. */
export const selectByUsername = {
  name: 'select_profile_by_username',
  text: `select ${columns},
      coalesce(posts.published_count, 0)::int as "postsCount",
      coalesce(counts.followers, 0)::int as "followersCount",
      coalesce(counts.following, 0)::int as "followingCount"
    from auth.account_details account
    left join profile.profiles profile on profile.account_id = account.id
    left join profile.follow_counts counts on counts.account_id = account.id
    left join posts.author_counts posts on posts.account_id = account.id
    where account.username_key = $1::text`,
}

const selectFormer = {
  name: 'select_former_username',
  text: `select username from auth.username_moves where username_key = $1::text`,
}

/**
 * The row to lock: an account has none before its first change. The account is locked before it, as a new username needs it:
 * two changes at once would deadlock.
 */
const ensure = {
  name: 'ensure_profile',
  text: `insert into profile.profiles (account_id, updated_at)
    select id, created_at from auth.account_details where id = $1::uuid and auth.lock_account(id)
    on conflict (account_id) do nothing`,
}

const lock = {
  name: 'lock_profile',
  text: `select from profile.profiles where account_id = $1::uuid for update`,
}

/**
 * Updates the version that was read: xmin is the transaction that wrote the row. No row if another has written since. The
 * condition that locks the account is evaluated before the row is locked. Exported for the test of the table that it is made
 * from.
 */
export const updateStatement = {
  name: 'update_profile',
  text: `with profile as (
      update profile.profiles set ${assignedFields(3)}, updated_at = now()
      where account_id = $1::uuid and xmin = $2::text::xid and auth.share_account($1::uuid)
      returning account_id, xmin, updated_at, ${columnNames.join(', ')}
    )
    select ${ownColumns}
    from profile
    join auth.account_details account on account.id = profile.account_id`,
}

const renameStatement = {
  name: 'rename_account',
  text: `select outcome, wait_seconds as "waitSeconds"
    from auth.rename_account(
      $1::uuid, $2::text, make_interval(days => $3::int), $4::int, $5::text, $6::text
    )`,
}

interface OfAccount {
  readonly accountId: AccountId
}

/** Undefined if there is no such account. */
export const findOwnProfile = async (
  db: Queryable,
  { accountId }: OfAccount,
): Promise<VersionedProfile | undefined> => (await db.query<VersionedProfile>(selectOwn, [accountId]))[0]

/** The profile with its row locked until the transaction ends; undefined if there is no such account. */
export async function lockOwnProfile(
  tx: Queryable,
  { accountId }: OfAccount,
): Promise<VersionedProfile | undefined> {
  await tx.query(ensure, [accountId])
  await tx.query(lock, [accountId])
  return findOwnProfile(tx, { accountId })
}

/** A private profile too: who may see it is for the use case to decide. */
export const findProfileByUsername = async (
  db: Queryable,
  { usernameKey }: { readonly usernameKey: string },
): Promise<CountedProfile | undefined> => (await db.query<CountedProfile>(selectByUsername, [usernameKey]))[0]

/** The present username of the account that holds this former one. */
export const findPresentUsername = async (
  db: Queryable,
  { usernameKey }: { readonly usernameKey: string },
): Promise<string | undefined> =>
  (await db.query<{ username: string }>(selectFormer, [usernameKey]))[0]?.username

interface ProfileUpdate {
  readonly current: Pick<VersionedProfile, 'id' | 'rowVersion'>
  readonly fields: ProfileFields
}

/** Returns the updated profile; undefined if `current` is no longer the present version, or has no row. */
export async function updateProfile(
  db: Queryable,
  { current, fields }: ProfileUpdate,
): Promise<Profile | undefined> {
  const parameters = [current.id, current.rowVersion, ...fieldNames.map(name => fields[name])]
  return (await db.query<Profile>(updateStatement, parameters))[0]
}

export interface Rename extends OfAccount {
  readonly username: string
  /** How long the former name stays reserved, and how many names an account can hold at once. */
  readonly holdDays: number
  readonly maxHeld: number
  readonly caller: Caller
}

/** The transaction cannot be used further after `taken`. */
export async function renameAccount(
  tx: Queryable,
  { accountId, username, holdDays, maxHeld, caller }: Rename,
): Promise<UsernameChange> {
  try {
    const parameters = [accountId, username, holdDays, maxHeld, caller.address, caller.client]
    const [change] = await tx.query<UsernameChange>(renameStatement, parameters)
    if (change === undefined) throw new Error('auth.rename_account returned no row')
    return change
  } catch (error) {
    if (error instanceof UniqueViolation && error.constraint === 'accounts_username_key_unique')
      return { outcome: 'taken' }
    throw error
  }
}
