import type { Role } from '../../shared/access-token.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { UniqueViolation } from '../../shared/postgres/errors.ts'

export interface AccountRow {
  readonly id: AccountId
  readonly email: string
  readonly emailKey: string
  readonly username: string
  readonly role: Role
  readonly emailVerified: boolean
  readonly suspended: boolean
  readonly createdAt: Date
}

/** An account including its password hash. */
export interface AccountWithPassword extends AccountRow {
  readonly passwordHash: string
}

export interface NewAccount {
  readonly email: string
  readonly emailKey: string
  readonly username: string
  readonly usernameKey: string
  readonly passwordHash: string
}

/** The username or the email belongs to another account. */
export class AlreadyTakenError extends Error {
  override readonly name = 'AlreadyTakenError'
  readonly field: 'email' | 'username'

  constructor(field: 'email' | 'username') {
    super(`the ${field} belongs to another account`)
    this.field = field
  }
}

/** The SQL of each field; a field that is missing here is a type error. */
const fields: Readonly<Record<keyof AccountRow, string>> = {
  id: 'id',
  email: 'email',
  emailKey: 'email_key',
  username: 'username',
  role: 'role',
  emailVerified: 'email_verified_at is not null',
  suspended: 'suspended_at is not null',
  createdAt: 'created_at',
}
export const accountColumns = Object.entries(fields)
  .map(([field, expression]) => `${expression} as "${field}"`)
  .join(', ')
const columnsWithPassword = `${accountColumns}, password_hash as "passwordHash"`

const insertStatement = {
  name: 'insert_account',
  text: `insert into auth.accounts (email, email_key, username, username_key, password_hash)
    values ($1::text, $2::text, $3::text, $4::text, $5::text)
    on conflict do nothing
    returning ${accountColumns}`,
}

/**
 * Nobody else takes the address until the transaction ends: two at once would both find it free, and Postgres would log it
 * with the violation of the constraint.
 */
const lockEmail = {
  name: 'lock_email',
  text: `select pg_advisory_xact_lock(hashtextextended($1::text, 0))`,
}

/** Queried first, because Postgres would log the address with a violation of the constraint. */
const selectEmailOwner = {
  name: 'find_email_owner',
  text: `select id from auth.accounts where email_key = $1::text`,
}

const selectByEmail = {
  name: 'select_account_by_email',
  text: `select ${columnsWithPassword} from auth.accounts where email_key = $1::text`,
}

const selectById = {
  name: 'select_account_by_id',
  text: `select ${columnsWithPassword} from auth.accounts where id = $1::uuid`,
}

const selectByUsername = {
  name: 'select_account_by_username',
  text: `select ${accountColumns} from auth.accounts
    where id = coalesce(
      (select id from auth.accounts where username_key = $1::text),
      (select account_id from auth.username_moves where username_key = $1::text))`,
}

const lockStatement = {
  name: 'lock_account',
  text: `select ${columnsWithPassword} from auth.accounts where id = $1::uuid for no key update`,
}

const updatePasswordHash = {
  name: 'set_password_hash',
  text: `update auth.accounts set password_hash = $2::text where id = $1::uuid`,
}

const updateEmail = {
  name: 'change_email',
  text: `update auth.accounts
    set email = $2::text, email_key = $3::text,
      email_verified_at = case when email_key = $3::text then email_verified_at end
    where id = $1::uuid
    returning ${accountColumns}`,
}

const updateEmailVerified = {
  name: 'verify_email',
  text: `update auth.accounts set email_verified_at = now()
    where id = $1::uuid and email_key = $2::text and email_verified_at is null
    returning id`,
}

const fieldOfConstraint: Readonly<Record<string, 'email' | 'username'>> = {
  accounts_email_key_unique: 'email',
  accounts_username_key_unique: 'username',
}

function rethrow(error: unknown): never {
  const field = error instanceof UniqueViolation ? fieldOfConstraint[error.constraint] : undefined
  throw field === undefined ? error : new AlreadyTakenError(field)
}

export async function findAccountByEmail(db: Queryable, { emailKey }: Pick<AccountRow, 'emailKey'>) {
  return (await db.query<AccountWithPassword>(selectByEmail, [emailKey]))[0]
}

export async function findAccountById(db: Queryable, { id }: Pick<AccountRow, 'id'>) {
  return (await db.query<AccountWithPassword>(selectById, [id]))[0]
}

/** Finds the account by its username, or by a former one while that is held. */
export async function findAccountByUsername(
  db: Queryable,
  { usernameKey }: { readonly usernameKey: string },
) {
  return (await db.query<AccountRow>(selectByUsername, [usernameKey]))[0]
}

/** Locks the row until the transaction ends: nothing else changes the account or starts a session until then. */
export async function lockAccount(tx: Queryable, { id }: Pick<AccountRow, 'id'>) {
  return (await tx.query<AccountWithPassword>(lockStatement, [id]))[0]
}

/** Throws AlreadyTakenError when the email or the username belongs to another account. */
export async function insertAccount(tx: Queryable, account: NewAccount): Promise<AccountRow> {
  const { email, emailKey, username, usernameKey, passwordHash } = account
  const parameters = [email, emailKey, username, usernameKey, passwordHash]
  await tx.query(lockEmail, [emailKey])
  const [inserted] = await tx.query<AccountRow>(insertStatement, parameters).catch(rethrow)
  if (inserted !== undefined) return inserted
  const [owner] = await tx.query(selectEmailOwner, [emailKey])
  throw new AlreadyTakenError(owner === undefined ? 'username' : 'email')
}

export const setPasswordHash = (
  tx: Queryable,
  { id, passwordHash }: Pick<AccountWithPassword, 'id' | 'passwordHash'>,
) => tx.query(updatePasswordHash, [id, passwordHash])

/** Undefined when the account is gone. A different address is unverified. Throws AlreadyTakenError. */
export async function setEmail(
  tx: Queryable,
  { id, email, emailKey }: Pick<AccountRow, 'id' | 'email' | 'emailKey'>,
) {
  await tx.query(lockEmail, [emailKey])
  const [owner] = await tx.query<Pick<AccountRow, 'id'>>(selectEmailOwner, [emailKey])
  if (owner !== undefined && owner.id !== id) throw new AlreadyTakenError('email')
  return (await tx.query<AccountRow>(updateEmail, [id, email, emailKey]).catch(rethrow))[0]
}

/** Returns false when the account has another address, or this one was verified before. */
export async function markEmailVerified(
  tx: Queryable,
  { id, emailKey }: Pick<AccountRow, 'id' | 'emailKey'>,
): Promise<boolean> {
  return (await tx.query(updateEmailVerified, [id, emailKey])).length === 1
}
