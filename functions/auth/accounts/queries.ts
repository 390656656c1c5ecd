import type { Role } from '../../shared/access-token.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { UniqueViolation } from '../../shared/postgres/errors.ts'

export interface Account {
  readonly id: AccountId
  readonly email: string
  readonly emailKey: string
  readonly username: string
  readonly role: Role
  readonly emailVerified: boolean
  readonly suspended: boolean
  readonly createdAt: Date
}

/** With what a password is checked against. */
export interface AccountWithPassword extends Account {
  readonly passwordHash: string
}

export interface NewAccount {
  readonly email: string
  readonly emailKey: string
  readonly username: string
  readonly usernameKey: string
  readonly passwordHash: string
}

/** The name or address belongs to another account; `field` says which of the two. */
export class Taken extends Error {
  override readonly name = 'Taken'
  readonly field: 'email' | 'username'

  constructor(field: 'email' | 'username') {
    super(`the ${field} is taken`)
    this.field = field
  }
}

const columns = `id, email, email_key as "emailKey", username, role, created_at as "createdAt",
  email_verified_at is not null as "emailVerified", suspended_at is not null as suspended`

const insertAccount = {
  name: 'insert_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, $2::text, $3::text, $4::text, $5::text)
    returning ${columns}`,
}

const selectByEmail = {
  name: 'select_account_by_email',
  text: `select ${columns}, password_hash as "passwordHash" from auth.accounts where email_key = $1::text`,
}

const selectById = {
  name: 'select_account_by_id',
  text: `select ${columns}, password_hash as "passwordHash" from auth.accounts where id = $1::uuid`,
}

/** No other change of the account, and no other session of it, begins before this transaction ends. */
const lockById = {
  name: 'lock_account',
  text: `select ${columns}, password_hash as "passwordHash" from auth.accounts where id = $1::uuid for no key update`,
}

/** In one order, so that two who moderate each other do not wait for each other for ever. */
const lockBoth = {
  name: 'lock_accounts',
  text: `select ${columns} from auth.accounts where id in ($1::uuid, $2::uuid) order by id for no key update`,
}

/** Keeps out whoever would write for the account, and waits for those who do (auth.require_account). */
const lockForDeletion = {
  name: 'lock_account_for_deletion',
  text: `select id from auth.accounts where id = $1::uuid for update`,
}

const selectByUsername = {
  name: 'select_account_by_username',
  text: `select ${columns} from auth.accounts
    where id = coalesce(
      (select id from auth.accounts where username_key = $1::text),
      (select account_id from auth.username_moves where username_key = $1::text))`,
}

const setPasswordHash = {
  name: 'set_password_hash',
  text: `update auth.accounts set password_hash = $2::text where id = $1::uuid`,
}

const changeEmail = {
  name: 'change_email',
  text: `update auth.accounts
    set email = $2::text, email_key = $3::text,
      email_verified_at = case when email_key = $3::text then email_verified_at end
    where id = $1::uuid
    returning ${columns}`,
}

const verifyEmail = {
  name: 'verify_email',
  text: `update auth.accounts set email_verified_at = now()
    where id = $1::uuid and email_key = $2::text and email_verified_at is null
    returning id`,
}

const deleteAccount = {
  name: 'delete_account',
  text: `delete from auth.accounts where id = $1::uuid returning username_key as "usernameKey"`,
}

/** As profile does with a name that was changed: whoever takes it at once would be taken for its last owner. */
const holdUsername = {
  name: 'hold_username',
  text: `insert into auth.former_usernames as former (username_key, account_id, held_until)
    values ($1::text, null, now() + interval '90 days')
    on conflict (username_key) do update set account_id = null, held_until = excluded.held_until`,
}

/** Take some 0.3 s. */
const followsBatch = 10_000
const eraseFollows = {
  name: 'erase_follows',
  timeoutMs: 6_000,
  text: `select profile.erase_follows($1::uuid, $2::int) as erased`,
}

const continueErasures = {
  name: 'continue_erasures',
  timeoutMs: 6_000,
  text: `select posts.continue_erasures() as erased`,
}

/** What has no reference to the account; profile's rows go with it by theirs. */
const eraseAuthor = {
  name: 'erase_author',
  timeoutMs: 6_000,
  text: `select posts.erase_author($1::uuid, $2::text)`,
}

const setSuspension = {
  name: 'set_suspension',
  text: `update auth.accounts
    set suspended_at = case when $2::text is not null then coalesce(suspended_at, now()) end,
      suspension_reason = $2::text
    where id = $1::uuid`,
}

const setRole = {
  name: 'set_role',
  text: `update auth.accounts set role = $2::text where id = $1::uuid`,
}

const takenBy: Readonly<Record<string, 'email' | 'username'>> = {
  accounts_email_key_unique: 'email',
  accounts_username_key_unique: 'username',
}

function translate(error: unknown): unknown {
  const field = error instanceof UniqueViolation ? takenBy[error.constraint] : undefined
  return field === undefined ? error : new Taken(field)
}

/** Reads go to the pool, changes to the transaction that also records what happened. */
export function createAccountStore(database: Database) {
  return {
    byEmail: async (emailKey: string) =>
      (await database.query<AccountWithPassword>(selectByEmail, [emailKey]))[0],
    byId: async (id: AccountId) => (await database.query<AccountWithPassword>(selectById, [id]))[0],
    /** As it is now, its row locked until the transaction ends; undefined when it is gone. */
    lock: async (on: Queryable, id: AccountId) => (await on.query<AccountWithPassword>(lockById, [id]))[0],
    lockBoth: (on: Queryable, one: AccountId, other: AccountId) => on.query<Account>(lockBoth, [one, other]),
    /** By its name, or by a former one for as long as that is held. */
    byUsername: async (usernameKey: string) =>
      (await database.query<Account>(selectByUsername, [usernameKey]))[0],

    async insert(on: Queryable, account: NewAccount): Promise<Account> {
      const { email, emailKey, username, usernameKey, passwordHash } = account
      const [inserted] = await on
        .query<Account>(insertAccount, [email, emailKey, username, usernameKey, passwordHash])
        .catch(error => {
          throw translate(error)
        })
      if (inserted === undefined) throw new Error('insert returned no row')
      return inserted
    },

    setPasswordHash: (on: Queryable, id: AccountId, hash: string) => on.query(setPasswordHash, [id, hash]),

    /** Undefined when the account is gone. A new address is not verified. */
    changeEmail: async (on: Queryable, id: AccountId, email: string, emailKey: string) =>
      (
        await on.query<Account>(changeEmail, [id, email, emailKey]).catch(error => {
          throw translate(error)
        })
      )[0],
    /** True when this made the difference. */
    verifyEmail: async (on: Queryable, id: AccountId, emailKey: string) =>
      (await on.query(verifyEmail, [id, emailKey])).length === 1,

    /** A batch of those that the account follows and is followed by; false while there may be others. */
    async eraseFollows(on: Queryable, id: AccountId): Promise<boolean> {
      const [result] = await on.query<{ readonly erased: number }>(eraseFollows, [id, followsBatch])
      return (result?.erased ?? 0) < followsBatch
    },

    /** What accounts that are gone have left in posts, batch by batch. */
    async finishErasures(): Promise<void> {
      for (;;) {
        const [result] = await database.query<{ readonly erased: number }>(continueErasures)
        if (!result?.erased) return
      }
    },

    async erase(on: Queryable, id: AccountId, posts: 'delete' | 'anonymise'): Promise<void> {
      await on.query(lockForDeletion, [id])
      await on.query(eraseAuthor, [id, posts])
      const [deleted] = await on.query<{ readonly usernameKey: string }>(deleteAccount, [id])
      if (deleted !== undefined) await on.query(holdUsername, [deleted.usernameKey])
    },

    /** Null restores the account. */
    setSuspension: (on: Queryable, id: AccountId, reason: string | null) =>
      on.query(setSuspension, [id, reason]),
    setRole: (on: Queryable, id: AccountId, role: Role) => on.query(setRole, [id, role]),
  }
}

export type AccountStore = ReturnType<typeof createAccountStore>
