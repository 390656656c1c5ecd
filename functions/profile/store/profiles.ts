import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { UniqueViolation } from '../../shared/postgres/errors.ts'

export type Visibility = 'public' | 'private'

/** What the owner may change. */
export interface ProfileFields {
  readonly displayName: string | null
  readonly bio: string | null
  readonly location: string | null
  readonly website: string | null
  readonly avatarUrl: string | null
  readonly visibility: Visibility
}

/** A profile with what its account is known by. */
export interface Profile extends ProfileFields {
  readonly id: AccountId
  readonly username: string
  readonly email: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface CountedProfile extends Omit<Profile, 'email' | 'updatedAt'> {
  readonly postsCount: number
  readonly followersCount: number
  readonly followingCount: number
}

/** How long a former name is kept from everyone else, and how many of one account at once. */
export interface UsernameHold {
  readonly holdDays: number
  readonly maxHeld: number
}

export type UsernameChange =
  | { readonly outcome: 'changed' | 'taken' }
  /** Too many of the account's former names are still held; the first is free again after `waitSeconds`. */
  | { readonly outcome: 'too_often'; readonly waitSeconds: number }

const profileColumns = `account.id, account.username, account.created_at as "createdAt",
      profile.display_name as "displayName", profile.bio, profile.location, profile.website,
      profile.avatar_url as "avatarUrl", coalesce(profile.visibility, 'public') as visibility`

const selectOwn = {
  name: 'select_own_profile',
  text: `select ${profileColumns}, account.email,
      coalesce(profile.updated_at, account.created_at) as "updatedAt"
    from auth.account_details account
    left join profile.profiles profile on profile.account_id = account.id
    where account.id = $1::uuid`,
}

/** Exported for the test of its plan. */
export const selectByUsername = {
  name: 'select_profile_by_username',
  text: `select ${profileColumns},
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
  text: `select account_id as id, username from auth.username_moves where username_key = $1::text`,
}

/** The row to lock: an account has none until its first change. */
const ensure = {
  name: 'ensure_profile',
  text: `insert into profile.profiles (account_id, updated_at)
    select id, created_at from auth.account_details where id = $1::uuid
    on conflict (account_id) do nothing`,
}

const lock = {
  name: 'lock_profile',
  text: `select from profile.profiles where account_id = $1::uuid for update`,
}

const update = {
  name: 'update_profile',
  text: `update profile.profiles
    set display_name = $2::text, bio = $3::text, location = $4::text, website = $5::text, avatar_url = $6::text,
      visibility = $7::text, updated_at = now()
    where account_id = $1::uuid`,
}

const renameAccount = {
  name: 'rename_account',
  text: `select outcome, wait_seconds as "waitSeconds"
    from auth.rename_account(
      $1::uuid, $2::text, make_interval(days => $3::int), $4::int, $5::text, $6::text
    )`,
}

export function createProfileStore(database: Database) {
  const own = async (on: Queryable, id: AccountId) => (await on.query<Profile>(selectOwn, [id]))[0]

  const locked = (on: Queryable) => ({
    /** The profile, its row locked until the transaction ends; undefined when there is no such account. */
    async lock(id: AccountId): Promise<Profile | undefined> {
      await on.query(ensure, [id])
      await on.query(lock, [id])
      return own(on, id)
    },

    async update(id: AccountId, fields: ProfileFields): Promise<void> {
      const { displayName, bio, location, website, avatarUrl, visibility } = fields
      await on.query(update, [id, displayName, bio, location, website, avatarUrl, visibility])
    },

    /** After `taken` the transaction is of no more use. */
    async changeUsername(id: AccountId, username: string, { holdDays, maxHeld }: UsernameHold, by: Caller) {
      try {
        const parameters = [id, username, holdDays, maxHeld, by.address, by.client]
        const [change] = await on.query<UsernameChange>(renameAccount, parameters)
        if (change === undefined) throw new Error('auth.rename_account returned no row')
        return change
      } catch (error) {
        const isTaken =
          error instanceof UniqueViolation && error.constraint === 'accounts_username_key_unique'
        if (isTaken) return { outcome: 'taken' } satisfies UsernameChange
        throw error
      }
    },

    byId: (id: AccountId) => own(on, id),
  })

  return {
    byId: (id: AccountId) => own(database, id),

    byUsername: async (usernameKey: string) =>
      (await database.query<CountedProfile>(selectByUsername, [usernameKey]))[0],

    /** Who had this name until lately, and is called otherwise now. */
    formerly: async (usernameKey: string) =>
      (await database.query<{ id: AccountId; username: string }>(selectFormer, [usernameKey]))[0],

    inTransaction: <Result>(work: (store: ReturnType<typeof locked>) => Promise<Result>) =>
      database.transaction(transaction => work(locked(transaction))),
  }
}

export type ProfileStore = ReturnType<typeof createProfileStore>
