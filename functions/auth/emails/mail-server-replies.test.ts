import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { listen } from '../../../scripts/services/free-port.ts'
import { createTestApp } from '../test-app.ts'

/** What the server does at each stage; undefined: it closes the connection. */
type Replies = Readonly<Record<string, string | undefined>>
const willing: Replies = {
  greeting: '220 mail.test',
  EHLO: '250-mail.test\r\n250 SIZE',
  HELO: '250 mail.test',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  text: '250 taken',
  QUIT: '221 bye',
}

async function createMailServer() {
  let replies = willing
  let taken = 0
  const reply = (socket: Socket, stage: string) => {
    const text = replies[stage]
    if (text === undefined) socket.destroy()
    else socket.write(`${text}\r\n`)
  }
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    let isText = false
    reply(socket, 'greeting')
    createInterface(socket).on('line', line => {
      if (isText && line !== '.') return
      const stage = isText ? 'text' : (line.split(' ', 1)[0] ?? '')
      isText = stage === 'DATA' && replies['DATA']?.startsWith('354') === true
      if (stage === 'text' && replies['text']?.startsWith('250')) taken += 1
      reply(socket, stage)
    })
  })
  afterAll(() => server.close())
  return {
    url: `smtp://127.0.0.1:${await listen(server)}`,
    replyWith(given: Replies): void {
      replies = { ...willing, ...given }
    },
    taken: () => taken,
  }
}

const server = await createMailServer()
const lines: string[] = []
const { register, owner } = await createTestApp({
  email: { url: server.url, from: 'no-reply@api.test', linkUrl: 'https://app.test' },
  log: line => lines.push(line),
})
const outbox = { name: 'count_outbox', text: 'select count(*)::int as emails from auth.outbox' }
const emptyOutbox = { name: 'empty_outbox', text: 'delete from auth.outbox' }

const multiLine = '550-5.1.1 There is nobody\r\n550 5.1.1 of this name.'
test.each<[string, Replies, 'sent' | 'kept' | 'given up']>([
  ['takes everything', {}, 'sent'],
  ['knows no EHLO', { EHLO: '502 unknown' }, 'sent'],
  ['replies in several lines', { RCPT: '250-yes\r\n250 yes', text: '250-yes\r\n250 yes' }, 'sent'],
  ['hangs up at once', { greeting: undefined }, 'kept'],
  ['is not in service', { greeting: '554 no service here' }, 'kept'],
  ['is busy', { greeting: '421 later' }, 'kept'],
  ['hangs up at MAIL', { MAIL: undefined }, 'kept'],
  ['wants to know who sends', { MAIL: '530 5.7.0 Authentication required' }, 'kept'],
  ['refuses the sender', { MAIL: '553 5.7.1 Sender address rejected: not owned by user' }, 'kept'],
  ['wants to know who sends to somebody', { RCPT: '530 5.7.0 Authentication required' }, 'kept'],
  ['defers the recipient', { RCPT: '451 greylisted' }, 'kept'],
  ['does not know the recipient', { RCPT: multiLine }, 'given up'],
  ['hangs up at DATA', { DATA: undefined }, 'kept'],
  ['refuses the text', { text: '554-5.7.1 Spam.\r\n554 5.7.1 Really.' }, 'given up'],
  ['has no disk left', { text: '452 4.3.1 No space' }, 'kept'],
  ['hangs up after the text', { text: undefined }, 'kept'],
])('an email to a server that %s', async (_, replies, outcome) => {
  await owner.query(emptyOutbox)
  lines.length = 0
  const before = server.taken()
  server.replyWith(replies)
  await register()
  const hasLogged = (text: string) => lines.some(line => line.includes(text))
  await expect
    .poll(() => {
      if (hasLogged('email given up')) return 'given up'
      if (hasLogged('email not sent')) return 'kept'
      return server.taken() > before ? 'sent' : 'nothing yet'
    })
    .toBe(outcome)
  await expect.poll(() => owner.query(outbox)).toEqual([{ emails: outcome === 'kept' ? 1 : 0 }])
})
