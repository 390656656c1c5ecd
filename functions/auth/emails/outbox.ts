import type { Background } from '../../shared/background.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Log } from '../../shared/log.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { findAccountByEmail } from '../accounts/queries.ts'
import { newOpaqueToken, opaqueTokenHash } from '../sessions/opaque-tokens.ts'
import { emailKey } from './email-address.ts'
import type { SendEmail } from './email-sender.ts'
import { composeEmail, type EmailMessage } from './email-text.ts'
import { replaceEmailToken, type TokenPurpose } from './email-token-queries.ts'
import { claimEmails, deleteEmail, findNextWaitSeconds, type OutboxEmail } from './outbox-queries.ts'

export interface OutboxOptions {
  readonly db: Queryable
  readonly sendEmail: SendEmail
  /** The site that the links in emails lead to. */
  readonly linkUrl: string
  readonly background: Background
  readonly log: Log
}

export interface Outbox {
  /** Sends what is due in the background; a call while it is sending makes it look again afterwards. */
  drainSoon(): void
  /** Stops sending; what is left is sent by another instance or at the next start. */
  close(): void
}

const batchSize = 10
/** After a failure of Postgres: an email must not wait for the next request or the hourly maintenance. */
const failureWaitSeconds = 5
const maxWaitSeconds = 3_600
/** With the growing waits between them, about three hours. */
const maxAttempts = 10
const lifetimeSeconds: Readonly<Record<TokenPurpose, number>> = {
  verify_email: 24 * 3_600,
  reset_password: 3_600,
}

/** Sends the emails of the outbox table. A request only inserts a row: sending never delays or fails it. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { db, background } = options
  let isDraining = false
  let isWanted = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  async function drain(): Promise<void> {
    try {
      let batch: readonly OutboxEmail[]
      do {
        batch = await claimEmails(db, { limit: batchSize })
        await Promise.all(batch.map(due => sendOne(options, due)))
      } while (batch.length === batchSize && !isClosed)
      schedule(await findNextWaitSeconds(db))
    } catch (error) {
      schedule(failureWaitSeconds)
      throw error
    }
  }

  function schedule(seconds: number | undefined): void {
    if (seconds === undefined || isClosed) return
    clearTimeout(timer)
    // A clock that was ahead may have written a time far away, and a timer that is set too far fires at once.
    timer = setTimeout(drainSoon, Math.min(Math.max(1, seconds), maxWaitSeconds) * 1_000).unref()
  }

  function drainSoon(): void {
    if (isClosed) return
    if (isDraining) {
      isWanted = true
      return
    }
    isDraining = true
    background.run('send emails', () =>
      drain().finally(() => {
        isDraining = false
        if (!isWanted) return
        isWanted = false
        drainSoon()
      }),
    )
  }

  return {
    drainSoon,
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

/** Sends the email and deletes its row; keeps the row when a later attempt may succeed. */
async function sendOne(options: OutboxOptions, due: OutboxEmail): Promise<void> {
  try {
    const message = await compose(options, due)
    if (message !== undefined) await options.sendEmail(message)
  } catch (error) {
    const isGivenUp = due.attempts >= maxAttempts || isPermanent(error)
    // Not the server's reply, which can contain the address and the text.
    options.log.warn(isGivenUp ? 'email given up' : 'email not sent', {
      email: due.id,
      code: error instanceof Error && 'code' in error ? error.code : undefined,
      command: error instanceof Error && 'command' in error ? error.command : undefined,
    })
    if (!isGivenUp) return
  }
  await deleteEmail(options.db, due)
}

/** Returns undefined when there is no account to send it to, or no more reason to. */
async function compose(
  { db, linkUrl }: Pick<OutboxOptions, 'db' | 'linkUrl'>,
  { id, kind, email, accountId }: OutboxEmail,
): Promise<EmailMessage | undefined> {
  if (kind === 'email_changed' || kind === 'password_changed')
    return composeEmail({ kind, to: email, linkUrl })
  const account = await findAccountByEmail(db, { emailKey: emailKey(email) })
  if (account === undefined) return undefined
  if (kind === 'verify_email' && (account.id !== accountId || account.emailVerified)) return undefined
  const token = await createToken(db, {
    accountId: account.id,
    email: account.email,
    purpose: kind,
    outboxId: id,
  })
  return token === undefined ? undefined : composeEmail({ kind, to: account.email, linkUrl, token })
}

interface TokenRequest {
  readonly accountId: AccountId
  readonly email: string
  readonly purpose: TokenPurpose
  readonly outboxId: string
}

/** Creates the token when the email is sent, so that only the email holds it; undefined if a newer email has one. */
async function createToken(db: Queryable, request: TokenRequest): Promise<string | undefined> {
  const token = newOpaqueToken()
  const isNewest = await replaceEmailToken(db, {
    ...request,
    tokenHash: opaqueTokenHash(token),
    lifetimeSeconds: lifetimeSeconds[request.purpose],
  })
  return isNewest ? token : undefined
}

/** RFC 4954, 6: the server wants to know who sends. */
const wantsCredentials = [530, 534, 535, 538]

/**
 * The server refuses this recipient or this text for good (RFC 5321, 4.2.1). A refused sender and missing credentials are a
 * matter of configuration: all emails would be given up until somebody notices.
 */
const isPermanent = (error: unknown): boolean =>
  error instanceof Error &&
  'command' in error &&
  (error.command === 'RCPT TO' || error.command === 'DATA') &&
  'responseCode' in error &&
  Number(error.responseCode) >= 500 &&
  !wantsCredentials.includes(Number(error.responseCode))
