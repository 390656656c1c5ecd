import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, vi } from 'vitest'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { environmentOf } from '../environment-of.ts'
import type { Role } from '../shared/access-token.ts'
import { openConnections } from '../shared/connections.ts'
import { createLog } from '../shared/log.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { createTestRedis, patientTimeoutMs } from '../shared/testing/redis.ts'
import { createTestClient } from '../shared/testing/test-client.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'
import { unreachableTarget } from '../unreachable-target.ts'
import { compose } from './compose.ts'
import { type Config, readConfig } from './config.ts'
import { auth } from './function.ts'
import { SignedIn } from './sign-in/schemas.ts'

export { readJson } from '../shared/testing/function-parts.ts'

/** Nothing listens on port 1 (tcpmux). */
export const noRedis = 'redis://127.0.0.1:1'
export const password = 'a long walk by the sea'

export interface RequestOptions {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly address?: string
  readonly client?: string
}

export interface TestUser extends SignedIn {
  readonly email: string
}

type Overrides = Partial<Config> & { readonly log?: (line: string) => void }

/** Composes the auth function as in production, with its own database and Redis and a cheap hash. */
export async function createTestApp(overrides: Overrides = {}) {
  const log = createLog('auth', overrides.log === undefined ? 'error' : 'debug', overrides.log)
  const testDatabase = await createTestDatabase()
  const testRedis = await createTestRedis()
  const folder = createTestFolder()
  const keysFile = join(folder, 'keys.json')
  writeFileSync(keysFile, JSON.stringify({ keys: [newSigningKey()] }))
  const config: Config = {
    ...readConfig(
      environmentOf(auth, {
        ...unreachableTarget,
        settings: {
          PUBLIC_URL: 'https://api.test',
          DATABASE_POOL_SIZE: '10',
          TRUSTED_PROXY_HOPS: '1',
          SIGN_IN_LIMIT_PER_MINUTE: '0',
        },
        databaseUrl: role => testDatabase.urlOf[role],
        redisUrl: role => testRedis.urlOf[role],
        privateKeys: keysFile,
      }),
    ),
    passwordCost: 4,
    ...overrides,
  }
  const connections = await openConnections(config, log, { commandTimeoutMs: patientTimeoutMs })
  const composition = await compose(config, log, connections)
  const owner = await openDatabase({ url: testDatabase.ownerUrl, poolSize: 2, log })
  const app = createTestClient(composition)
  if (config.redisUrl !== noRedis) {
    // Redis connects in the background, and the tests need it.
    beforeAll(() =>
      vi.waitFor(async () => {
        const health = await app.request('/auth/health')
        if (!(await health.text()).startsWith('{"status":"ok"')) throw new Error('not connected yet')
      }, 10_000),
    )
  }
  let stopping: Promise<void> | undefined
  /** Stops the function like the end of its process; the database stays until the test file is done. */
  function stop(): Promise<void> {
    stopping ??= composition.closeRedis().then(composition.closePostgres)
    return stopping
  }
  afterAll(async () => {
    await stop()
    await owner.close()
  })

  async function call(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { token, body, address = '203.0.113.7', client = 'test' } = options
    return app.request(path, {
      method,
      headers: {
        'x-forwarded-for': address,
        'user-agent': client,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  async function register(name = 'user'): Promise<TestUser> {
    const username = `${name}-${randomUUID().slice(0, 8)}`
    const email = `${username}@example.test`
    const response = await call('POST', '/auth/register', { body: { email, username, password } })
    return { ...v.parse(SignedIn, await response.json()), email }
  }

  const signInAs = (email: string, tried = password, options: RequestOptions = {}) =>
    call('POST', '/auth/login', { ...options, body: { email, password: tried } })

  async function newSession(user: TestUser, client = 'test'): Promise<SignedIn> {
    return v.parse(SignedIn, await (await signInAs(user.email, password, { client })).json())
  }

  const refresh = (refreshToken: string) => call('POST', '/auth/refresh', { body: { refreshToken } })

  const isAccepted = async ({ accessToken: token }: Pick<SignedIn, 'accessToken'>) =>
    (await call('GET', '/auth/account', { token })).status === 200

  async function setRole(user: TestUser, role: Role): Promise<void> {
    const text = 'update auth.accounts set role = $2 where id = $1'
    await owner.query({ name: 'set_test_role', text }, [user.user.id, role])
  }

  /** Returns the kinds of the account's events, newest first. */
  async function eventKinds(user: TestUser): Promise<readonly string[]> {
    const text = 'select kind from auth.events where account_id = $1 order by id desc'
    const rows = await owner.query<{ kind: string }>({ name: 'select_test_events', text }, [user.user.id])
    return rows.map(row => row.kind)
  }

  return {
    app,
    stop,
    config,
    keysFile,
    owner,
    testDatabase,
    testRedis,
    call,
    register,
    signInAs,
    newSession,
    refresh,
    isAccepted,
    setRole,
    eventKinds,
  }
}
