import type { Mail } from './email-text.ts'

export type SendMail = (mail: Mail) => Promise<void>

export interface MailSenderOptions {
  /** `smtp://`, `smtps://`, or `console:`, which prints the mails: for development. */
  readonly url: string
  readonly from: string
}

const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** A server that takes longer is tried again later. */
const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 }

/** nodemailer is loaded with the first mail. */
export function createMailSender({ url, from }: MailSenderOptions): SendMail {
  if (url.startsWith('console:')) return printMail
  return async mail => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ url, ...timeouts })
    try {
      // An object, so that no address is read as a list. RFC 3834: nothing answers these by itself.
      const to = { name: '', address: mail.to }
      await transport.sendMail({ from, ...mail, to, headers })
    } finally {
      transport.close()
    }
  }
}

async function printMail({ to, subject, text }: Mail): Promise<void> {
  const body = text.trimEnd().replaceAll('\n', '\n  | ')
  process.stdout.write(`\n  | To: ${to}\n  | Subject: ${subject}\n  |\n  | ${body}\n\n`)
}
