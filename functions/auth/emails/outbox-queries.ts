import { createHash } from 'node:crypto'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { AccountRow } from '../accounts/queries.ts'
import { mailboxKey } from './email-address.ts'
import type { TokenPurpose } from './email-token-queries.ts'

export type EmailKind = TokenPurpose | 'email_changed' | 'password_changed'

/** An email that is due, claimed by one sender at a time. */
export interface OutboxEmail {
  readonly id: string
  readonly kind: EmailKind
  readonly email: string
  /** Null for a password reset, which is requested by address alone. */
  readonly accountId: AccountId | null
  readonly attempts: number
}

/**
 * Emails per mailbox and day. Resets are counted apart, so that strangers who request them use up nothing of what the
 * signed-in owner requests; an unverified address, which may be a stranger's, gets few.
 */
const budgets = { reset: 5, unverified: 5, notice: 10 } as const
type EmailBudget = keyof typeof budgets

const insertStatement = {
  name: 'insert_outbox_email',
  text: `with counted as (
      insert into auth.email_budgets as budget (recipient, purpose, day, emails)
      values ($4::bytea, $5::text, current_date, 1)
      on conflict (recipient, purpose, day) do update set emails = budget.emails + 1 where budget.emails < $6::int
      returning 1
    )
    insert into auth.outbox (kind, email, account_id) select $1::text, $2::text, $3::uuid from counted`,
}

/** The wait for the next attempt begins with the claim: no two senders send the same, and a crashed one loses nothing. */
const claimStatement = {
  name: 'claim_outbox_emails',
  text: `update auth.outbox set attempts = attempts + 1,
      next_attempt_at = now() + make_interval(secs => least(30 * 2 ^ attempts, 3600))
    where id in (
      select id from auth.outbox where next_attempt_at <= now() order by next_attempt_at
      limit $1::int for update skip locked
    )
    returning id, kind, email, account_id as "accountId", attempts`,
}

const deleteStatement = { name: 'delete_outbox_email', text: `delete from auth.outbox where id = $1::uuid` }

const selectNextWait = {
  name: 'select_next_outbox_wait',
  text: `select extract(epoch from min(next_attempt_at) - now())::float8 as seconds from auth.outbox`,
}

export interface NewOutboxEmail extends Pick<OutboxEmail, 'kind' | 'email' | 'accountId'> {
  readonly budget: EmailBudget
  /** The mailbox whose budget it is; that of `email` unless given. */
  readonly mailbox?: string | undefined
}

/** The key of a mailbox's budget. */
const recipientOf = ({ email, mailbox = mailboxKey(email) }: NewOutboxEmail): Buffer =>
  createHash('sha256').update(mailbox).digest()

type Recipient = Pick<AccountRow, 'id' | 'email' | 'emailVerified'>

export const verificationOf = ({ id, email }: Omit<Recipient, 'emailVerified'>): NewOutboxEmail => ({
  kind: 'verify_email',
  email,
  accountId: id,
  budget: 'unverified',
})

export const noticeTo = (
  { id, email, emailVerified }: Recipient,
  kind: Exclude<EmailKind, TokenPurpose>,
): NewOutboxEmail => ({ kind, email, accountId: id, budget: emailVerified ? 'notice' : 'unverified' })

/** Does nothing once the budget is used up, and does not tell: the mailbox may be a stranger's. */
export function insertEmail(db: Queryable, inserted: NewOutboxEmail) {
  const { kind, email, accountId, budget } = inserted
  return db.query(insertStatement, [kind, email, accountId, recipientOf(inserted), budget, budgets[budget]])
}

/** Inserts several in the order of their budgets' keys: in another order, two transactions could deadlock. */
export async function insertEmails(tx: Queryable, emails: readonly NewOutboxEmail[]): Promise<void> {
  const ordered = emails.toSorted((a, b) => recipientOf(a).compare(recipientOf(b)))
  for (const email of ordered) await insertEmail(tx, email)
}

export const claimEmails = (db: Queryable, { limit }: { readonly limit: number }) =>
  db.query<OutboxEmail>(claimStatement, [limit])

export const deleteEmail = (db: Queryable, { id }: Pick<OutboxEmail, 'id'>) => db.query(deleteStatement, [id])

/** Returns the seconds until the next email is due, negative when it is; undefined when the outbox is empty. */
export async function findNextWaitSeconds(db: Queryable): Promise<number | undefined> {
  const [next] = await db.query<{ readonly seconds: number | null }>(selectNextWait)
  return next?.seconds ?? undefined
}
