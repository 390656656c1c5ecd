import { afterAll, expect, test, vi } from 'vitest'
import { createBackground } from '../../shared/background.ts'
import { createLog } from '../../shared/log.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { createPasswordHasher, hashOwners } from '../passwords/password-hasher.ts'
import { verifyPassword } from '../passwords/verify-password.ts'
import { createTestApp, noRedis, password } from '../test-app.ts'

const times = <Value>(count: number, make: (n: number) => Value) =>
  Array.from({ length: count }, (_, n) => make(n))

test('one customer with many networks of IPv6 keeps nobody else from signing in', async () => {
  const { register, signInAs } = await createTestApp({ passwordCost: 10 })
  const { email } = await register()
  const refused = vi.fn()
  const attack = times(120, async n => {
    const address = `2001:db8:1:${n.toString(16)}::1`
    const response = await signInAs(`nobody-${n}@example.test`, 'x', { address })
    if (response.status !== 401) refused()
  })
  await vi.waitFor(() => expect(refused).toHaveBeenCalled(), 30_000)
  expect((await signInAs(email)).status).toBe(200)
  await Promise.all(attack)
}, 60_000)

test('an attempt that is refused for want of room is not counted as one', async () => {
  const { owner: db } = await createTestApp()
  const log = createLog('test', 'error')
  const redis = await openRedis({ url: noRedis, log })
  const workerFile = new URL('../passwords/password-worker.ts', import.meta.url)
  const passwordHasher = createPasswordHasher({ pepper: Buffer.alloc(32), cost: 4, workerFile })
  afterAll(() => Promise.all([redis.close(), passwordHasher.close()]))
  const caller = { address: '203.0.113.7', client: 'test' }
  const throttleSettings = { freeAttempts: 10, maxWaitSeconds: 60, forgetAfterSeconds: 3_600 }
  const dependencies = { db, redis, throttleSettings, passwordHasher, background: createBackground(log) }
  const attempt = { subject: 'guessed', account: undefined, password, caller }
  // In one turn of the event loop, so that no job can end between them.
  const crowd = times(24, n => passwordHasher.hash(password, hashOwners(caller, `crowd-${n}`)))
  const refused = verifyPassword(dependencies, attempt)
  await expect(refused).rejects.toMatchObject({ code: 'throttled' })
  await Promise.all(crowd)
  expect(await db.query({ name: '', text: 'select subject from auth.attempts' })).toEqual([])
})
