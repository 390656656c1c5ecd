import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, expect, test, vi } from 'vitest'
import { findFreePort } from '../../scripts/services/free-port.ts'
import { startRedis } from '../../scripts/services/redis.ts'
import { requireRedis } from '../../scripts/services/redis-program.ts'
import {
  type RedisUser,
  redisPasswordsFrom,
  redisRules,
  redisUsers,
} from '../../scripts/services/redis-users.ts'
import { createLog } from '../shared/log.ts'
import { openRedis } from '../shared/redis/client.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'

// What the functions may do is shown by their own tests, each of which runs as its function's user and fails on a refusal
// (shared/testing/redis.ts). This is what they may not, on a server of its own, whose refusals no other test sees.
const folder = createTestFolder()
const passwordOf = redisPasswordsFrom('the secret of this test')
const port = await findFreePort()
const server = await startRedis({
  program: requireRedis(() => undefined),
  folder,
  port,
  passwordOf,
  settings: ['save ""'],
})
afterAll(() => server.stop())

function connect(url: string): Redis {
  const redis = new Redis(url, {
    disableClientInfo: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
  })
  redis.on('error', () => undefined)
  afterAll(() => redis.disconnect())
  return redis
}
const redisOf = new Map(redisUsers.map(user => [user, connect(server.urlOf(user))]))

/** The reply, or the code of the refusal. */
const run = async (user: RedisUser, command: string): Promise<unknown> => {
  const [name = '', ...parameters] = command.split(' ')
  return redisOf
    .get(user)
    ?.call(name, ...parameters)
    .catch((error: unknown) => (error instanceof Error ? error.message.split(' ')[0] : error))
}

test.each(redisUsers)('%s gets no dangerous command', async user => {
  const dangerous = [
    'FLUSHALL',
    'FLUSHDB',
    'KEYS *',
    'SCAN 0',
    'RANDOMKEY',
    'DBSIZE',
    'MONITOR',
    'CONFIG GET *',
    'CONFIG SET maxmemory 0',
    'ACL LIST',
    'ACL WHOAMI',
    'CLIENT LIST',
    'CLIENT KILL TYPE normal',
    'SHUTDOWN NOSAVE',
    'REPLICAOF 127.0.0.1 1',
    'SLOWLOG GET',
    'SCRIPT FLUSH',
    'FUNCTION LIST',
    'MODULE LIST',
    'SAVE',
    'SWAPDB 0 1',
    'PUBLISH any message',
    'SUBSCRIBE any',
  ]
  for (const command of dangerous) expect(await run(user, command), command).toBe('NOPERM')
})

/** Each key space with commands that read it and commands that change it. */
const keySpaces = {
  'iod:attempts:x': ['HMGET iod:attempts:x attempts', 'DEL iod:attempts:x', 'EXPIRE iod:attempts:x 1'],
  'iod:revocations': ['ZADD iod:revocations 1 session', 'ZREMRANGEBYSCORE iod:revocations -inf +inf'],
  'iod:limit:sign-in:1:x': ['INCR iod:limit:sign-in:1:x', 'EXPIRE iod:limit:sign-in:1:x 1'],
  'iod:limit:change-profile:1:x': ['INCR iod:limit:change-profile:1:x'],
  'iod:limit:write-posts:1:x': ['INCR iod:limit:write-posts:1:x'],
  'iod:cache:profile:ada': ['MGET iod:cache:profile:ada', 'SET iod:cache:profile:ada forged'],
  'iod:cache:posts:post:x': ['MGET iod:cache:posts:post:x', 'SET iod:cache:posts:post:x forged'],
  'iod:tag:profile:ada': ['SET iod:tag:profile:ada forged'],
  'iod:tag:post:x': ['SET iod:tag:post:x forged'],
  'iod:tag:accounts': ['SET iod:tag:accounts forged'],
  'another key': ['SET other value', 'INCR other', 'MGET other', 'HGET other field'],
}

const allowedKeySpaces: Partial<Record<RedisUser, readonly (keyof typeof keySpaces)[]>> = {
  iod_auth: [
    'iod:attempts:x',
    'iod:revocations',
    'iod:limit:sign-in:1:x',
    'iod:tag:profile:ada',
    'iod:tag:accounts',
  ],
  iod_profile: [
    'iod:limit:change-profile:1:x',
    'iod:cache:profile:ada',
    'iod:tag:profile:ada',
    'iod:tag:accounts',
  ],
  iod_posts: ['iod:limit:write-posts:1:x', 'iod:cache:posts:post:x', 'iod:tag:post:x', 'iod:tag:accounts'],
}

test.each(redisUsers)('%s reaches its own key spaces and no others', async user => {
  for (const [keySpace, commands] of Object.entries(keySpaces)) {
    const isAllowed = allowedKeySpaces[user]?.some(own => own === keySpace)
    for (const command of commands) {
      const reply = await run(user, command)
      if (isAllowed) expect(reply, command).not.toBe('NOPERM')
      else expect(reply, command).toBe('NOPERM')
    }
  }
})

test('every function learns of revocations, and only auth writes them', async () => {
  const read = 'ZRANGEBYSCORE iod:revocations 0 +inf WITHSCORES'
  expect(await run('iod_auth', 'ZADD iod:revocations 1 session')).toBe(1)
  expect(await run('iod_posts', read)).toEqual([['session', '1']])
  expect(await run('iod_profile', read)).toEqual([['session', '1']])
  expect(await run('iod_monitor', read)).toBe('NOPERM')
})

test('a script reaches no more than its user', async () => {
  const script = `return redis.call('ZADD', 'iod:revocations', 1, 'session')`
  expect(await redisOf.get('iod_posts')?.eval(script, 0).catch(String)).toContain('NOPERM')
  const ofAuth = `return redis.call('SET', KEYS[1], 'x')`
  expect(await redisOf.get('iod_auth')?.eval(ofAuth, 1, 'iod:attempts:x').catch(String)).toMatch(
    /can't access|permission/,
  )
})

test('nobody gets in without a user name, a user or its password', async () => {
  const address = `127.0.0.1:${port}`
  for (const credentials of [
    '',
    `:${passwordOf('iod_auth')}@`,
    'default:@',
    `iod_auth:${passwordOf('iod_posts')}@`,
  ]) {
    const redis = connect(`redis://${credentials}${address}`)
    await expect(redis.ping(), credentials).rejects.toThrow(/NOAUTH|WRONGPASS|closed/)
  }
})

test('the file of users holds no password', () => {
  const file = readFileSync(join(folder, 'users.acl'), 'utf8')
  expect(file).toMatch(/^user default off\n/)
  expect(file.match(/^user iod_\w+ on #[0-9a-f]{64} /gm)).toHaveLength(redisUsers.length)
  for (const user of redisUsers) expect(file).not.toContain(passwordOf(user))
})

test('docs/data-model.md lists the keys that each user reaches', () => {
  const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'data-model.md'), 'utf8')
  const rows = [...document.matchAll(/^\| `(iod_\w+)` +\|(.*)$/gm)]
  // A new function need not be among them.
  expect(rows.length).toBeGreaterThan(4)
  for (const [, name, row = ''] of rows) {
    const rules = [...redisRules].find(([user]) => user === name)?.[1] ?? []
    const keys = [...rules.join(' ').matchAll(/~(\S+?)[ )]/g)].map(match => match[1])
    const documented = [...row.matchAll(/`(iod:[^`]+)`/g)].map(match => match[1])
    expect(documented.toSorted(), name).toEqual(keys.toSorted())
  }
})

test('a refused command is logged once, as an error, and the function goes on without Redis', async () => {
  const lines: string[] = []
  const redis = await openRedis({
    url: server.urlOf('iod_posts'),
    log: createLog('test', 'error', line => lines.push(line)),
  })
  afterAll(redis.close)
  await vi.waitFor(redis.ping, 10_000)
  for (let n = 0; n < 3; n += 1) {
    expect(await redis.attempt(commands => commands.get('iod:attempts:x'))).toBeUndefined()
  }
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('"level":"error"')
  expect(lines[0]).toContain('NOPERM')
})
