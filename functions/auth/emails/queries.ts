import { createHash } from 'node:crypto'
import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'
import { mailboxKey } from './email-address.ts'

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

/**
 * What one mailbox may be sent in a day, for each of three reasons: so strangers who ask for resets use up nothing of
 * what the owner asks for when signed in, and an address that nobody has verified is sent little, whatever the reason.
 */
const budgets = { reset: 5, unverified: 5, notice: 10 } as const
type Budget = keyof typeof budgets

const budgetOf: Readonly<Record<MailKind, Budget>> = {
  verify_email: 'unverified',
  reset_password: 'reset',
  email_changed: 'notice',
  password_changed: 'notice',
}

const insertMail = {
  name: 'insert_mail',
  text: `with counted as (
      insert into auth.email_budgets as budget (recipient, purpose, day, emails)
      values ($4::bytea, $5::text, current_date, 1)
      on conflict (recipient, purpose, day) do update set emails = budget.emails + 1 where budget.emails < $6::int
      returning 1
    )
    insert into auth.outbox (kind, email, account_id) select $1::text, $2::text, $3::uuid from counted`,
}

/** For the order of two in one transaction: in another order, two such transactions would wait for each other. */
export const recipientOf = (email: string): Buffer => createHash('sha256').update(mailboxKey(email)).digest()

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
  text: `insert into auth.email_tokens as token (account_id, purpose, token_hash, email, expires_at, outbox_id)
    values ($1::uuid, $2::text, $3::bytea, $4::text, now() + make_interval(secs => $5::int), $6::uuid)
    on conflict (account_id, purpose) do update
      set token_hash = excluded.token_hash, email = excluded.email, expires_at = excluded.expires_at,
        outbox_id = excluded.outbox_id
      where token.outbox_id is null or token.outbox_id <= excluded.outbox_id
    returning account_id`,
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
  text: `delete from auth.email_tokens where account_id = $1::uuid and purpose = any ($2::text[])`,
}

export interface EmailToken {
  readonly accountId: AccountId
  readonly email: string
}

export function createMailStore(database: Database) {
  return {
    /** Nothing where the mailbox has been sent enough today; nobody is told, since it may be a stranger's. */
    insert: (
      kind: MailKind,
      email: string,
      account: AccountId | null,
      on: Queryable = database,
      budget: Budget = budgetOf[kind],
    ) => on.query(insertMail, [kind, email, account, recipientOf(email), budget, budgets[budget]]),
    claim: (limit: number) => database.query<DueMail>(claimMails, [limit]),
    delete: (id: string) => database.query(deleteMail, [id]),
    /** Seconds until the next mail is due, negative when it is; undefined when there is none. */
    nextWaitSeconds: async () =>
      (await database.query<{ readonly seconds: number | null }>(selectNextWait))[0]?.seconds ?? undefined,

    /** False where a newer email has the link that works. */
    replaceToken: async (
      account: AccountId,
      purpose: TokenPurpose,
      hash: Buffer,
      { email, id }: Pick<DueMail, 'email' | 'id'>,
      lifetimeSeconds: number,
    ) =>
      (await database.query(replaceEmailToken, [account, purpose, hash, email, lifetimeSeconds, id]))
        .length === 1,
    findToken: async (hash: Buffer, purpose: TokenPurpose) =>
      (await database.query<EmailToken>(selectEmailToken, [hash, purpose]))[0],
    takeToken: async (on: Queryable, hash: Buffer, purpose: TokenPurpose) =>
      (await on.query<EmailToken>(takeEmailToken, [hash, purpose]))[0],
    /** What the links would prove, or set, has changed. */
    deleteTokens: (on: Queryable, account: AccountId, purposes: readonly TokenPurpose[]) =>
      on.query(deleteEmailTokens, [account, purposes]),
  }
}

export type MailStore = ReturnType<typeof createMailStore>
