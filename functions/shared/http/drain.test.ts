import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createDrain } from './drain.ts'

const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets) socket.destroy()
})

/** A server whose responses wait until they are released. */
async function start() {
  const release = Promise.withResolvers<void>()
  const server = createServer(async (incoming, outgoing) => {
    drain.begin(incoming, outgoing)
    if (incoming.url === '/slow') await release.promise
    incoming.resume()
    if (incoming.method === 'POST') await once(incoming, 'end').catch(() => undefined)
    outgoing.end('ok')
  })
  const drain = createDrain(server, 200)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  async function open() {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    let received = ''
    let failure: Error | undefined
    socket.on('data', chunk => (received += String(chunk)))
    socket.on('error', error => (failure = error))
    await once(socket, 'connect')
    const ended = once(socket, 'close').then(() => ({ received, failure }))
    const ask = async (path: string) => {
      const before = received.length
      socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`)
      while (received.length === before) await once(socket, 'data')
      return received.slice(before)
    }
    return { socket, ask, ended }
  }
  return { drain, open, release: release.resolve }
}

test('a request on an idle connection just after the drain began gets a response with Connection: close', async () => {
  const { drain, open } = await start()
  const client = await open()
  expect(await client.ask('/')).toContain('onnection: keep-alive')
  const drained = drain.run()
  expect((await client.ask('/')).toLowerCase()).toContain('connection: close')
  await drained
  expect((await client.ended).failure).toBeUndefined()
})

test('a response in flight is finished with Connection: close, an idle connection is closed without a reset', async () => {
  const { drain, open, release } = await start()
  const [busy, idle] = [await open(), await open()]
  await idle.ask('/')
  const response = busy.ask('/slow')
  await new Promise(resolve => setImmediate(resolve))
  const drained = drain.run()
  expect((await idle.ended).failure).toBeUndefined()
  release()
  expect((await response).toLowerCase()).toContain('connection: close')
  await drained
  expect((await busy.ended).failure).toBeUndefined()
})

test('an incomplete request delays nothing', async () => {
  const { drain, open } = await start()
  const { socket, ended } = await open()
  socket.write('GET / HTTP/1.1\r\nhost')
  const never = await open()
  await drain.run()
  expect((await ended).received).toBe('')
  await never.ended
})

test('an incomplete body delays nothing, and complete requests get their response first', async () => {
  const { drain, open, release } = await start()
  const [busy, half] = [await open(), await open()]
  half.socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nx')
  const response = busy.ask('/slow')
  await new Promise(resolve => setImmediate(resolve))
  const drained = drain.run()
  release()
  expect(await response).toContain('200 OK')
  await drained
  expect((await half.ended).received).toBe('')
})
