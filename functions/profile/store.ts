import type { AccountId } from '../shared/ids.ts'
import type { Database, Queryable } from '../shared/postgres/database.ts'

/** What the owner may change. */
export interface ProfileFields {
  readonly displayName: string | null
  readonly bio: string | null
  readonly avatarUrl: string | null
}

/** A profile with what its account is known by. */
export interface Profile extends ProfileFields {
  readonly id: AccountId
  readonly username: string
  readonly email: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type ShownProfile = Omit<Profile, 'email' | 'updatedAt'>

const shownColumns = `account.id, account.username, account.created_at as "createdAt",
      profile.display_name as "displayName", profile.bio, profile.avatar_url as "avatarUrl"`

const ownProfile = `select ${shownColumns}, account.email,
      coalesce(profile.updated_at, account.created_at) as "updatedAt"
    from auth.account_details account
    left join profile.profiles profile on profile.account_id = account.id
    where account.id = $1::uuid`

const selectOwnProfile = { name: 'select_own_profile', text: ownProfile }

/** The row to lock: an account has none until its first change. */
const ensureProfile = {
  name: 'ensure_profile',
  text: `insert into profile.profiles (account_id, updated_at)
    select id, created_at from auth.account_details where id = $1::uuid
    on conflict (account_id) do nothing`,
}

const lockProfile = {
  name: 'lock_profile',
  text: `select from profile.profiles where account_id = $1::uuid for update`,
}

const updateProfile = {
  name: 'update_profile',
  text: `update profile.profiles
    set display_name = $2::text, bio = $3::text, avatar_url = $4::text, updated_at = now()
    where account_id = $1::uuid`,
}

const selectPublicProfile = {
  name: 'select_public_profile',
  text: `select ${shownColumns}
    from auth.account_details account
    left join profile.profiles profile on profile.account_id = account.id
    where account.username_key = $1::text`,
}

export function createStore(database: Database) {
  const selectOwn = async (on: Queryable, id: AccountId) =>
    (await on.query<Profile>(selectOwnProfile, [id]))[0]

  const locked = (on: Queryable) => ({
    /** The profile, its row locked until the transaction ends; undefined when there is no such account. */
    async lock(id: AccountId): Promise<Profile | undefined> {
      await on.query(ensureProfile, [id])
      await on.query(lockProfile, [id])
      return selectOwn(on, id)
    },

    async update(id: AccountId, { displayName, bio, avatarUrl }: ProfileFields): Promise<void> {
      await on.query(updateProfile, [id, displayName, bio, avatarUrl])
    },

    byId: (id: AccountId) => selectOwn(on, id),
  })

  return {
    byId: (id: AccountId) => selectOwn(database, id),

    byUsername: async (usernameKey: string) =>
      (await database.query<ShownProfile>(selectPublicProfile, [usernameKey]))[0],

    inTransaction: <Result>(work: (store: ReturnType<typeof locked>) => Promise<Result>) =>
      database.transaction(transaction => work(locked(transaction))),
  }
}

export type Store = ReturnType<typeof createStore>
