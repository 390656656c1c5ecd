import { afterAll, expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { createRedisServer } from '../testing/redis-server.ts'
import { createTcpProxy } from '../testing/tcp-proxy.ts'
import { openRedis, type RedisClient } from './client.ts'

const server = await createRedisServer()
const successor = await createRedisServer()
const portOf = (url: string) => Number(new URL(url).port)

async function open(url: string) {
  const lines: string[] = []
  const redis = await openRedis({
    url,
    log: createLog('test', 'error', line => lines.push(line)),
    commandTimeoutMs: 10_000,
  })
  afterAll(redis.close)
  return { redis, lines }
}
const count = (redis: RedisClient) =>
  redis.attempt(commands => commands.incr('iod:limit:sign-in:1:x')).then(reply => reply !== undefined)

test('where Redis refuses the database of the URL, no other is used in its place', async () => {
  const url = new URL(server.urlOf('iod_auth'))
  url.pathname = '/9'
  const { redis } = await open(url.href)
  await expect(redis.ping()).rejects.toThrow('refused the database')
  expect(await count(redis)).toBe(false)
})

test('a command that Redis refuses is logged once, whatever the reason', async () => {
  const { redis, lines } = await open(server.urlOf('iod_auth'))
  await vi.waitFor(async () => expect(await count(redis)).toBe(true), 10_000)
  await server.asOwner(owner => owner.config('SET', 'maxmemory', '1'))
  expect([await count(redis), await count(redis)]).toEqual([false, false])
  await server.asOwner(owner => owner.config('SET', 'maxmemory', '0'))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    message: 'Redis denied a command',
    detail: expect.stringMatching(/^OOM /),
  })
})

test('a server that became a replica is left for its successor', async () => {
  const target = { host: '127.0.0.1', port: portOf(server.urlOf('iod_auth')) }
  const proxy = await createTcpProxy(target)
  const password = 'of both'
  for (const one of [server, successor])
    await one.asOwner(owner => owner.call('ACL', 'SETUSER', 'iod_auth', 'resetpass', `>${password}`))
  const { redis } = await open(`redis://iod_auth:${encodeURIComponent(password)}@127.0.0.1:${proxy.port()}`)
  await vi.waitFor(async () => expect(await count(redis)).toBe(true), 10_000)

  target.port = portOf(successor.urlOf('iod_auth'))
  await server.asOwner(owner => owner.call('REPLICAOF', '127.0.0.1', '1'))
  expect(await count(redis)).toBe(false)
  await vi.waitFor(async () => expect(await count(redis)).toBe(true), 10_000)
  await server.asOwner(owner => owner.call('REPLICAOF', 'NO', 'ONE'))
})
