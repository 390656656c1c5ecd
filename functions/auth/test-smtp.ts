import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterAll, vi } from 'vitest'

export interface ReceivedEmail {
  readonly to: readonly string[]
  readonly raw: string
  /** The body without the soft line breaks of quoted-printable. */
  readonly text: string
}

/** Starts a real SMTP server that records what it receives. */
export async function createTestSmtp() {
  const received: ReceivedEmail[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      text(stream).then(raw => {
        const to = session.envelope.rcptTo.map(recipient => recipient.address)
        received.push({ to, raw, text: raw.replaceAll('=\r\n', '').replaceAll('=3D', '=') })
        done()
      }, done)
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => new Promise<void>(resolve => server.close(() => resolve())))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')

  const to = (address: string) => received.filter(email => email.to.includes(address))
  /** Resolves with the `count`th email about `about` to the address; emails of two kinds may arrive in any order. */
  async function emailTo(email: string, about = 'verify-email', count = 1): Promise<ReceivedEmail> {
    return vi.waitFor(
      () => {
        const mail = to(email).filter(candidate => candidate.text.includes(about))[count - 1]
        if (mail === undefined)
          throw new Error(`fewer than ${count} emails about ${about} to ${email} so far`)
        return mail
      },
      { timeout: 5_000 },
    )
  }
  const config = {
    url: `smtp://127.0.0.1:${address.port}`,
    from: 'no-reply@api.test',
    linkUrl: 'https://app.test',
  }
  return { config, emailTo, countTo: (email: string) => to(email).length }
}

export const tokenIn = (mail: ReceivedEmail) => /#token=([\w-]{43})/.exec(mail.text)?.[1] ?? ''
