import type { Background } from '../../shared/background.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Log } from '../../shared/log.ts'
import type { AccountStore } from '../accounts/queries.ts'
import { newOpaqueToken, opaqueTokenHash } from '../sessions/tokens.ts'
import { emailKey } from './email-address.ts'
import { composeMail, type Mail } from './email-text.ts'
import type { DueMail, MailStore, TokenPurpose } from './queries.ts'

export interface OutboxOptions {
  readonly mails: MailStore
  readonly accounts: Pick<AccountStore, 'byEmail'>
  readonly send: (mail: Mail) => Promise<void>
  /** Where the pages are that the links of mails lead to. */
  readonly linkUrl: string
  readonly background: Background
  readonly log: Log
}

export interface Outbox {
  /** Sends what is due, after the answer; called again while it does so, it goes round once more. */
  drainSoon(): void
  /** No more tries from here; what is left is sent at the next start. */
  close(): void
}

const batchSize = 10
/** With the growing waits between them, about three hours. */
const maxAttempts = 10
const verificationLifetimeSeconds = 24 * 3_600
const resetLifetimeSeconds = 3_600

/** Sends the mails of the outbox table. A request only writes its row: sending never holds up or fails it. */
export function createOutbox({ mails, accounts, send, linkUrl, background, log }: OutboxOptions): Outbox {
  let draining = false
  let again = false
  let timer: NodeJS.Timeout | undefined
  let closed = false

  /**
   * Made when it is sent, so that it stands nowhere but in the email. Undefined where a newer email has the link that
   * works: a late retry must not take it away.
   */
  async function newToken(
    account: AccountId,
    purpose: TokenPurpose,
    due: Pick<DueMail, 'email' | 'id'>,
  ): Promise<string | undefined> {
    const token = newOpaqueToken()
    const lifetimeSeconds = purpose === 'verify_email' ? verificationLifetimeSeconds : resetLifetimeSeconds
    const isNewest = await mails.replaceToken(account, purpose, opaqueTokenHash(token), due, lifetimeSeconds)
    return isNewest ? token : undefined
  }

  /** Undefined when there is nobody to send it to, or its reason has gone. */
  async function compose(due: DueMail): Promise<Mail | undefined> {
    const { kind, email, accountId } = due
    if (kind === 'email_changed' || kind === 'password_changed')
      return composeMail({ kind, to: email, linkUrl })
    const account = await accounts.byEmail(emailKey(email))
    if (account === undefined) return undefined
    if (kind === 'verify_email' && (account.id !== accountId || account.emailVerified)) return undefined
    const token = await newToken(account.id, kind, { id: due.id, email: account.email })
    return token === undefined ? undefined : composeMail({ kind, to: account.email, linkUrl, token })
  }

  async function sendOne(due: DueMail): Promise<void> {
    try {
      const mail = await compose(due)
      if (mail !== undefined) await send(mail)
    } catch (error) {
      // Neither the address nor the text may be in the log, and a server's answer can hold both.
      const gaveUp = due.attempts >= maxAttempts || isPermanent(error)
      log.warn(gaveUp ? 'mail given up' : 'mail not sent', {
        mail: due.id,
        code: error instanceof Error && 'code' in error ? error.code : undefined,
      })
      if (!gaveUp) return
    }
    await mails.delete(due.id)
  }

  async function drain(): Promise<void> {
    let batch: readonly DueMail[]
    do {
      batch = await mails.claim(batchSize)
      await Promise.all(batch.map(sendOne))
    } while (batch.length === batchSize && !closed)
    await scheduleNext()
  }

  async function scheduleNext(): Promise<void> {
    const seconds = await mails.nextWaitSeconds()
    if (seconds === undefined || closed) return
    clearTimeout(timer)
    timer = setTimeout(drainSoon, Math.max(1, seconds) * 1_000).unref()
  }

  function drainSoon(): void {
    if (closed) return
    if (draining) {
      again = true
      return
    }
    draining = true
    background.run('send mails', () =>
      drain().finally(() => {
        draining = false
        if (!again) return
        again = false
        drainSoon()
      }),
    )
  }

  return {
    drainSoon,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}

/** The server has refused this email for good (RFC 5321, 4.2.1); a log-in that it refuses is a matter of configuration. */
const isPermanent = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EENVELOPE' || error.code === 'EMESSAGE') &&
  'responseCode' in error &&
  Number(error.responseCode) >= 500
