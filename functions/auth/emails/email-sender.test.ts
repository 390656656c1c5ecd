import { createServer } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { listen } from '../../../scripts/services/free-port.ts'
import { createEmailSender } from './email-sender.ts'

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
  const sent = send({ to: 'ada@example.test', subject: 'Hello', text: 'Hello' })
  await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
})
