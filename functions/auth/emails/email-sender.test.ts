import { createServer } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, expect, test } from 'vitest'
import { listen } from '../../../scripts/services/free-port.ts'
import { createEmailSender } from './email-sender.ts'

const email = { to: 'ada@example.test', subject: 'Hello', text: 'Hello' }

test('an email to a server that takes its time for each byte is given up at its deadline', async () => {
  const server = createServer(socket => {
    socket.write('220 mail.test\r\n250-')
    const timer = setInterval(() => socket.write('a'), 20)
    socket.on('error', () => undefined)
    socket.on('close', () => clearInterval(timer))
  })
  afterAll(() => server.close())
  const url = `smtp://127.0.0.1:${await listen(server)}`
  const send = createEmailSender({ url, from: 'no-reply@api.test', deadlineMs: 300 })
  const sent = send(email)
  await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
})

test('a password is sent over TLS alone, unless the URL allows otherwise', async () => {
  const users: (string | undefined)[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username }, _session, done) {
      users.push(username)
      done(null, { user: username })
    },
  })
  afterAll(() => new Promise<void>(resolve => server.close(resolve)))
  const url = `smtp://user:password@127.0.0.1:${await listen(server.server)}`
  const sendTo = (url: string) => createEmailSender({ url, from: 'no-reply@api.test' })(email)
  await expect(sendTo(url)).rejects.toThrow('STARTTLS')
  expect(users).toEqual([])
  await sendTo(`${url}?requireTLS=false`)
  expect(users).toEqual(['user'])
})
