import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { DatabaseError } from 'pg-protocol'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { createTestDatabase } from '../testing/database.ts'
import { createTcpProxy } from '../testing/tcp-proxy.ts'
import { connectDeadline } from '../young-process.ts'
import { openDatabase } from './database.ts'
import { isTooSlow, isUnreachable } from './errors.ts'

const { urlOf } = await createTestDatabase()
const url = new URL(urlOf.iod_posts)
const proxy = await createTcpProxy({ host: url.hostname, port: Number(url.port) })
url.port = String(proxy.port())
const log = createLog('test', 'error', () => undefined)
const one = { name: '', text: 'select 1 as n' }

const other = createServer(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
  0,
  '127.0.0.1',
)
await once(other, 'listening')
afterAll(() => other.close())
const otherAddress = other.address()
const otherPort = typeof otherAddress === 'object' ? otherAddress?.port : 0

const open = async () => {
  const database = await openDatabase({ url: url.href, poolSize: 2, log })
  afterAll(() => database.close())
  return database
}
afterEach(() => proxy.set('open'))

const connect = vi.spyOn(Socket.prototype, 'connect')
function countAttempts(): () => number {
  const before = connect.mock.calls.length
  return () => connect.mock.calls.length - before
}

describe('a connection is tried again until the deadline', () => {
  test('where it is refused at first', async () => {
    await proxy.close()
    const database = await open()
    const attempts = countAttempts()
    const answer = database.query(one)
    await vi.waitFor(() => expect(attempts()).toBeGreaterThan(1), 10_000)
    await proxy.listen()
    expect(await answer).toEqual([{ n: 1 }])
  })

  test.each([
    ['resets', 2],
    ['silent', 1],
  ] as const)('where it %s at first', async (way, expected) => {
    proxy.set(way)
    const database = await open()
    const attempts = countAttempts()
    const answer = database.query(one)
    await vi.waitFor(() => expect(attempts()).toBeGreaterThanOrEqual(expected), 10_000)
    proxy.set('open')
    expect(await answer).toEqual([{ n: 1 }])
  })
})

describe('whatever prevents a connection, the database is unavailable', () => {
  const urlWith = (change: (url: URL) => void) => {
    const changed = new URL(urlOf.iod_posts)
    change(changed)
    return changed.href
  }
  test.each([
    ['a socket that is not there', 'ENOENT', 'postgres://iod_posts:hunter2@%2Fnowhere/iod'],
    ['another password', '28P01', urlWith(one => (one.password = 'hunter2'))],
    ['no such database', '3D000', urlWith(one => (one.pathname = '/none'))],
    ['a server of another kind', undefined, urlWith(one => (one.port = String(otherPort)))],
  ])('%s', async (_, code, at) => {
    const database = await openDatabase({ url: at, poolSize: 2, log })
    afterAll(() => database.close())
    const calls = [() => database.query(one), () => database.transaction(on => on.query(one))]
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({ code: 'unavailable', cause: { code } })
  })
})

test('a server that never answers is waited for until the deadline, also by a try that began just before it', async () => {
  proxy.set('silent')
  const database = await openDatabase({ url: url.href, poolSize: 2, log, deadlineMs: 650 })
  afterAll(() => database.close())
  const untilMs = connectDeadline(650)
  await expect(database.query(one)).rejects.toMatchObject({ code: 'unavailable' })
  // The second try begins after 620 ms and would take 600.
  expect(performance.now()).toBeLessThan(untilMs + 400)
})

test('a server that hangs is waited for once, then refused at once, and used again when it is back', async () => {
  const database = await open()
  await Promise.all([database.query(one), database.query(one)])
  proxy.set('silent')
  const startMs = performance.now()
  const hung = await Promise.allSettled(Array.from({ length: 12 }, () => database.query(one)))
  expect(hung.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 'rejected'))
  for (const result of hung)
    expect(result).toMatchObject({ reason: { name: 'DomainError', code: 'unavailable' } })
  // One deadline of a statement and one of a connection, and some more for the machine.
  expect(performance.now() - startMs).toBeLessThan(6_000)

  const againMs = performance.now()
  await expect(database.query(one)).rejects.toMatchObject({ code: 'unavailable' })
  expect(performance.now() - againMs).toBeLessThan(200)

  proxy.set('open')
  await vi.waitFor(async () => expect(await database.query(one)).toEqual([{ n: 1 }]), 5_000)
  expect(await database.query(one)).toEqual([{ n: 1 }])
}, 20_000)

test('a connection that is lost within a transaction is not used again', async () => {
  const database = await open()
  const lost = database.transaction(async on => {
    await on.query(one)
    proxy.set('resets')
    return on.query(one)
  })
  await expect(lost).rejects.toMatchObject({ code: 'unavailable' })
  proxy.set('open')
  expect(await database.transaction(on => on.query(one))).toEqual([{ n: 1 }])
})

const raise = (state: string) => ({
  name: '',
  text: `do $$ begin raise exception 'x' using errcode = '${state}'; end $$`,
})

test('slow statements are ended by Postgres, and are no outage for others', async () => {
  // The client waits for longer than any machine is late: Postgres alone decides.
  const database = await openDatabase({ url: url.href, poolSize: 2, log, deadlineMs: 60_000 })
  afterAll(() => database.close())
  const slow = { name: '', text: 'select pg_sleep(60)' }
  for (const result of await Promise.allSettled([database.query(slow), database.query(slow)]))
    expect(result).toMatchObject({ reason: { name: 'DomainError', code: 'timeout' } })
  expect(await database.query(one)).toEqual([{ n: 1 }])
}, 70_000)

test.each(['55P03', '53100', '25006', '57014'])('%s fails its request and no other', async state => {
  const database = await open()
  for (let n = 0; n < 3; n += 1) await expect(database.query(raise(state))).rejects.toThrow()
  expect(await database.query(one)).toEqual([{ n: 1 }])
})

test('a statement that may take longer does, and only it', async () => {
  const database = await open()
  const setting = { name: '', text: `select current_setting('statement_timeout') as ms` }
  expect(await database.query({ ...setting, timeoutMs: 6_000 })).toEqual([{ ms: '6s' }])
  expect(await database.query(setting)).toEqual([{ ms: '1800ms' }])
  const both = database.transaction(async on => [
    await on.query({ ...setting, timeoutMs: 6_000 }),
    await on.query(setting),
  ])
  expect(await both).toEqual([[{ ms: '6s' }], [{ ms: '1800ms' }]])
})

describe('SQLSTATEs', () => {
  const errorOf = (code: string) => Object.assign(new DatabaseError('x', 1, 'error'), { code })
  test.each([
    '08000',
    '08P01',
    '08006',
    '53100',
    '53200',
    '53300',
    '57P01',
    '57P03',
    '58030',
    '58P01',
    '25006',
    '55P03',
  ])('%s is an outage', code => {
    expect(isUnreachable(errorOf(code))).toBe(true)
    expect(isTooSlow(errorOf(code))).toBe(false)
  })
  test.each(['57014', '40P01', '40001'])('%s is too much work', code => {
    expect(isUnreachable(errorOf(code))).toBe(false)
    expect(isTooSlow(errorOf(code))).toBe(true)
  })
  test.each(['23505', '42601', '22001', '42501'])('%s is a fault of ours', code => {
    expect(isUnreachable(errorOf(code))).toBe(false)
    expect(isTooSlow(errorOf(code))).toBe(false)
  })
})
