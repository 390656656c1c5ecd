import { once } from 'node:events'
import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createAdmission } from './admission.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

/** Sends no response to admitted requests. */
async function start() {
  const lines: string[] = []
  const admission = createAdmission(
    createLog('test', 'info', line => lines.push(line)),
    ['https://app.test'],
  )
  const admitted: ServerResponse[] = []
  const server = createServer((incoming, outgoing) => {
    if (admission.admit(incoming, outgoing)) admitted.push(outgoing)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  const reach = async (count: number) => {
    while (admitted.length < count) await once(server, 'request')
  }
  return { admission, admitted, lines, origin, reach }
}

test('512 requests wait for the start, the next is refused at once, and a response makes room', async () => {
  const { admitted, lines, origin, reach } = await start()
  const waiting = Array.from({ length: 512 }, () => fetch(origin).catch(() => undefined))
  await reach(512)

  const refused = await fetch(origin)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(await refused.json()).toMatchObject({ status: 503, code: 'unavailable' })
  expect((await fetch(origin)).status).toBe(503)
  expect(lines.filter(line => line.includes('requests are refused'))).toHaveLength(1)

  admitted[0]?.end('ok')
  await Promise.race(waiting)
  const next = fetch(origin)
  await reach(513)
  for (const outgoing of admitted) outgoing.end('ok')
  expect((await next).status).toBe(200)
  await Promise.all(waiting)
})

test('writes are refused while there is no room for them, reads are not', async () => {
  const { admission, admitted, origin, reach } = await start()
  let hasRoom = false
  admission.loaded(() => hasRoom)
  expect((await fetch(origin, { method: 'POST' })).status).toBe(503)
  const read = fetch(origin)
  await reach(1)
  hasRoom = true
  const write = fetch(origin, { method: 'POST' })
  await reach(2)
  for (const outgoing of admitted) outgoing.end('ok')
  expect([(await read).status, (await write).status]).toEqual([200, 200])
})

test('a page of an allowed origin can read the refusal, and no other', async () => {
  const { admission, origin } = await start()
  admission.loaded(() => false)
  const refusedFor = async (page: string) =>
    (await fetch(origin, { method: 'POST', headers: { origin: page } })).headers
  const headers = await refusedFor('https://app.test')
  expect(headers.get('access-control-allow-origin')).toBe('https://app.test')
  expect(headers.get('access-control-expose-headers')).toContain('retry-after')
  expect((await refusedFor('https://other.test')).get('access-control-allow-origin')).toBeNull()
})

test('clients that send a body slowly block nobody', async () => {
  const { admitted, origin, reach } = await start()
  const headers = { 'content-length': '10' }
  for (let n = 0; n < 513; n += 1) {
    const slow = request(origin, { method: 'POST', headers }).on('error', () => undefined)
    slow.write('half')
  }
  await reach(513)
  const other = fetch(origin)
  await reach(514)
  admitted[513]?.end('ok')
  expect((await other).status).toBe(200)
})

test('a GET counts although it announces a body, which nobody reads', async () => {
  const { admitted, origin, reach } = await start()
  for (let n = 0; n < 512; n += 1)
    request(origin, { headers: { 'content-length': '1' } })
      .on('error', () => undefined)
      .end('x')
  await reach(512)
  expect((await fetch(origin)).status).toBe(503)
  for (const outgoing of admitted) outgoing.end('ok')
})
