import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { newSigningKey } from '../../scripts/secrets/signing-keys.ts'
import { compileCache } from '../../scripts/services/compile-cache.ts'
import { findFreePort } from '../../scripts/services/free-port.ts'
import { environmentOf, type Target, type Variables } from '../environment-of.ts'
import { functions } from '../registry.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { createTestRedis } from '../shared/testing/redis.ts'
import { unreachableTarget } from '../unreachable-target.ts'

export interface BackendEnvironments {
  readonly port: number
  readonly environments: Readonly<Record<string, Variables>>
}

export interface TestBackend {
  /** `http://127.0.0.1:…` */
  readonly baseUrl: string
  readonly ownerUrl: string
}

/** A database, a Redis and keys of their own for every function. Call it at the top of a test file. */
export async function createTestTarget(
  publicUrl: string,
): Promise<{ readonly target: Target; readonly ownerUrl: string }> {
  const database = await createTestDatabase()
  const redis = await createTestRedis()
  const privateKey = newSigningKey()
  const { d: _, ...publicKey } = privateKey
  const target: Target = {
    ...unreachableTarget,
    settings: { PUBLIC_URL: publicUrl, SIGN_IN_LIMIT_PER_MINUTE: '0' },
    databaseUrl: role => database.urlOf[role],
    redisUrl: role => redis.urlOf[role],
    privateKeys: JSON.stringify({ keys: [privateKey] }),
    publicKeys: JSON.stringify({ keys: [publicKey] }),
  }
  return { target, ownerUrl: database.ownerUrl }
}

/**
 * Every function on one port, on a database and a Redis of its own. In a process of its own, since a function replaces
 * parts of `fetch` that a client in the same process would get. `services` are those of a test that breaks them. Call it at
 * the top of a test file.
 */
export async function createTestBackend(
  settings: Variables = {},
  services: Partial<Pick<Target, 'databaseUrl' | 'redisUrl' | 'redisCacheUrl'>> = {},
): Promise<TestBackend> {
  const port = await findFreePort()
  const baseUrl = `http://127.0.0.1:${port}`
  const { target: own, ownerUrl } = await createTestTarget(baseUrl)
  const target: Target = { ...own, settings: { ...own.settings, ...settings }, ...services }
  const environments = Object.fromEntries(functions.map(one => [one.name, environmentOf(one, target)]))
  const child = fork(join(import.meta.dirname, 'test-backend-process.ts'), {
    env: { ...compileCache, PATH: process.env['PATH'], BACKEND: JSON.stringify({ port, environments }) },
    execArgv: [],
    // It would log every failure that the test brings about.
    silent: Object.keys(services).length > 0,
  })
  // Where it is silent, the last of what it said explains an end that no test expects.
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-5_000)
  })
  child.stdout?.resume()
  const ended = once(child, 'exit')
  afterAll(async () => {
    const endedByItself = !child.connected
    if (!endedByItself) child.disconnect()
    const [code, signal] = await ended
    expect(endedByItself, `the backend ended with ${code ?? signal}: ${said}`).toBe(false)
  })
  await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the backend ended before it was ready'))),
  ])
  return { baseUrl, ownerUrl }
}
