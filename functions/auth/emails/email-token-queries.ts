import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'

export type TokenPurpose = 'verify_email' | 'reset_password'

/** The account and the address that a valid token was issued for. */
export interface EmailToken {
  readonly accountId: AccountId
  readonly email: string
}

export interface TokenKey {
  readonly tokenHash: Buffer
  readonly purpose: TokenPurpose
}

const upsertStatement = {
  name: 'replace_email_token',
  text: `insert into auth.email_tokens as token (account_id, purpose, token_hash, email, expires_at, outbox_id)
    values ($1::uuid, $2::text, $3::bytea, $4::text, now() + make_interval(secs => $5::int), $6::uuid)
    on conflict (account_id, purpose) do update
      set token_hash = excluded.token_hash, email = excluded.email, expires_at = excluded.expires_at,
        outbox_id = excluded.outbox_id
      where token.outbox_id is null or token.outbox_id <= excluded.outbox_id
    returning account_id`,
}

const selectStatement = {
  name: 'select_email_token',
  text: `select account_id as "accountId", email from auth.email_tokens
    where token_hash = $1::bytea and purpose = $2::text and expires_at > now()`,
}

/** Locks the account before its token, as everything that changes an account does: in another order, two could deadlock. */
const takeStatement = {
  name: 'take_email_token',
  text: `with account as materialized (
      select account.id
      from auth.email_tokens token
      join auth.accounts account on account.id = token.account_id
      where token.token_hash = $1::bytea and token.purpose = $2::text
      for no key update of account
    )
    delete from auth.email_tokens token
    using account
    where token.account_id = account.id
      and token.token_hash = $1::bytea and token.purpose = $2::text and token.expires_at > now()
    returning token.account_id as "accountId", token.email`,
}

const deleteStatement = {
  name: 'delete_email_tokens',
  text: `delete from auth.email_tokens where account_id = $1::uuid and purpose = any ($2::text[])`,
}

export interface NewEmailToken extends EmailToken, TokenKey {
  readonly lifetimeSeconds: number
  /** The email that carries the token. */
  readonly outboxId: string
}

/** Returns false when a newer email carries the valid token: a late retry must not invalidate it. */
export async function replaceEmailToken(
  db: Queryable,
  { accountId, purpose, tokenHash, email, lifetimeSeconds, outboxId }: NewEmailToken,
): Promise<boolean> {
  const parameters = [accountId, purpose, tokenHash, email, lifetimeSeconds, outboxId]
  return (await db.query(upsertStatement, parameters)).length === 1
}

export async function findEmailToken(db: Queryable, { tokenHash, purpose }: TokenKey) {
  return (await db.query<EmailToken>(selectStatement, [tokenHash, purpose]))[0]
}

/** Deletes and returns the token. Of two requests with the same token, one gets undefined. */
export async function takeEmailToken(tx: Queryable, { tokenHash, purpose }: TokenKey) {
  return (await tx.query<EmailToken>(takeStatement, [tokenHash, purpose]))[0]
}

/** Invalidates the account's tokens when what they would verify or set has changed. */
export const deleteEmailTokens = (
  tx: Queryable,
  { accountId, purposes }: { readonly accountId: AccountId; readonly purposes: readonly TokenPurpose[] },
) => tx.query(deleteStatement, [accountId, purposes])
