import type { EmailMessage } from './email-text.ts'

export type SendEmail = (email: EmailMessage) => Promise<void>

export interface EmailSenderOptions {
  /** `smtp://`, `smtps://`, or `console:`, which prints the mails: for development. */
  readonly url: string
  readonly from: string
}

const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** A server that takes longer is tried again later. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 }

/** nodemailer is loaded with the first mail. */
export function createEmailSender({ url, from }: EmailSenderOptions): SendEmail {
  if (url.startsWith('console:')) return printEmail
  return async message => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ url, ...timeouts })
    try {
      // An object, so that no address is read as a list. RFC 3834: nothing answers these by itself.
      const to = { name: '', address: message.to }
      await transport.sendMail({ from, ...message, to, headers })
    } finally {
      transport.close()
    }
  }
}

async function printEmail({ to, subject, text }: EmailMessage): Promise<void> {
  const body = text.trimEnd().replaceAll('\n', '\n  | ')
  process.stdout.write(`\n  | To: ${to}\n  | Subject: ${subject}\n  |\n  | ${body}\n\n`)
}
