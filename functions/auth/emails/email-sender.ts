import { traced } from '../../shared/tracing.ts'
import type { EmailMessage } from './email-text.ts'

export type SendEmail = (email: EmailMessage) => Promise<void>

export interface EmailSenderOptions {
  /** `smtp://`, `smtps://`, or `console:`, which prints the emails, for development. */
  readonly url: string
  readonly from: string
  /** For an email as a whole: less than the first wait for the next attempt, so that no two are on their way. */
  readonly deadlineMs?: number
}

const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** If the server takes longer, the email is sent again later. `socketTimeout` starts again with each byte that arrives. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 }

/** Loads nodemailer with the first email, not at the start. */
export function createEmailSender({ url, from, deadlineMs = 25_000 }: EmailSenderOptions): SendEmail {
  if (url.startsWith('console:')) return printEmail
  // Otherwise a machine between both could remove the server's offer of STARTTLS, and read the password. `?requireTLS=false` in
  // the URL overrides it.
  const requireTLS = new URL(url).password !== ''
  return async message => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ url, requireTLS, ...timeouts })
    try {
      // An object, because a string would be parsed as a list. The headers stop automatic replies (RFC 3834).
      const to = { name: '', address: message.to }
      const signal = AbortSignal.timeout(deadlineMs)
      await traced('email', 'send', () => transport.sendMail({ from, ...message, to, headers, signal }))
    } finally {
      transport.close()
    }
  }
}

async function printEmail({ to, subject, text }: EmailMessage): Promise<void> {
  const body = text.trimEnd().replaceAll('\n', '\n  | ')
  process.stdout.write(`\n  | To: ${to}\n  | Subject: ${subject}\n  |\n  | ${body}\n\n`)
}
