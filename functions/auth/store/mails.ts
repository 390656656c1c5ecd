import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'

export type MailKind = 'verify_email' | 'reset_password' | 'email_changed' | 'password_changed'
export type TokenPurpose = 'verify_email' | 'reset_password'

/** A mail that is to be sent, for one sender at a time. */
export interface DueMail {
  readonly id: string
  readonly kind: MailKind
  readonly email: string
  /** Null for a password reset, which is asked for by address alone. */
  readonly accountId: AccountId | null
  readonly attempts: number
}

const insertMail = {
  name: 'insert_mail',
  text: `insert into auth.outbox (kind, email, account_id) values ($1::text, $2::text, $3::uuid)`,
}

/** The wait until the next try begins with the claim, so a sender that dies loses nothing and no two send the same. */
const claimMails = {
  name: 'claim_mails',
  text: `update auth.outbox set attempts = attempts + 1,
      next_attempt_at = now() + make_interval(secs => least(30 * 2 ^ attempts, 3600))
    where id in (
      select id from auth.outbox where next_attempt_at <= now() order by next_attempt_at
      limit $1::int for update skip locked
    )
    returning id, kind, email, account_id as "accountId", attempts`,
}

const deleteMail = { name: 'delete_mail', text: `delete from auth.outbox where id = $1::uuid` }

const selectNextWait = {
  name: 'select_next_mail_wait',
  text: `select extract(epoch from min(next_attempt_at) - now())::float8 as seconds from auth.outbox`,
}

const replaceEmailToken = {
  name: 'replace_email_token',
  text: `insert into auth.email_tokens as token (account_id, purpose, token_hash, email, expires_at)
    values ($1::uuid, $2::text, $3::bytea, $4::text, now() + make_interval(secs => $5::int))
    on conflict (account_id, purpose) do update
      set token_hash = excluded.token_hash, email = excluded.email, expires_at = excluded.expires_at`,
}

/** One statement, so that of two that bring the same token one gets nothing. */
const takeEmailToken = {
  name: 'take_email_token',
  text: `delete from auth.email_tokens
    where token_hash = $1::bytea and purpose = $2::text and expires_at > now()
    returning account_id as "accountId", email`,
}

const selectEmailToken = {
  name: 'select_email_token',
  text: `select account_id as "accountId", email from auth.email_tokens
    where token_hash = $1::bytea and purpose = $2::text and expires_at > now()`,
}

const deleteEmailTokens = {
  name: 'delete_email_tokens',
  text: `delete from auth.email_tokens where account_id = $1::uuid`,
}

export interface EmailToken {
  readonly accountId: AccountId
  readonly email: string
}

export function createMailStore(database: Database) {
  return {
    insert: (kind: MailKind, email: string, account: AccountId | null, on: Queryable = database) =>
      on.query(insertMail, [kind, email, account]),
    claim: (limit: number) => database.query<DueMail>(claimMails, [limit]),
    delete: (id: string) => database.query(deleteMail, [id]),
    /** Seconds until the next mail is due, negative when it is; undefined when there is none. */
    nextWaitSeconds: async () =>
      (await database.query<{ readonly seconds: number | null }>(selectNextWait))[0]?.seconds ?? undefined,

    replaceToken: (
      account: AccountId,
      purpose: TokenPurpose,
      hash: Buffer,
      email: string,
      lifetimeSeconds: number,
    ) => database.query(replaceEmailToken, [account, purpose, hash, email, lifetimeSeconds]),
    findToken: async (hash: Buffer, purpose: TokenPurpose) =>
      (await database.query<EmailToken>(selectEmailToken, [hash, purpose]))[0],
    takeToken: async (on: Queryable, hash: Buffer, purpose: TokenPurpose) =>
      (await on.query<EmailToken>(takeEmailToken, [hash, purpose]))[0],
    /** An address or a password that has changed makes worthless what was sent before. */
    deleteTokens: (on: Queryable, account: AccountId) => on.query(deleteEmailTokens, [account]),
  }
}

export type MailStore = ReturnType<typeof createMailStore>
