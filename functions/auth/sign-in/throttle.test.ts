import { expect, it } from 'vitest'
import { createTestApp, noRedis, password } from '../test-app.ts'
import { createThrottleSchedule } from './throttle.ts'

const settings = { freeAttempts: 2, maxWaitSeconds: 5, forgetAfterSeconds: 3_600 }

it('doubles the wait after the free attempts, up to the longest', () => {
  expect(createThrottleSchedule(settings).waitSeconds).toEqual([0, 1, 2, 4, 5])
  const defaults = { freeAttempts: 10, maxWaitSeconds: 300, forgetAfterSeconds: 3_600 }
  expect(createThrottleSchedule(defaults).waitSeconds).toEqual([
    ...Array.from({ length: 9 }, () => 0),
    ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 300],
  ])
})

it.each([
  ['Redis', await createTestApp({ signInThrottle: settings })],
  ['Postgres', await createTestApp({ signInThrottle: settings, redisUrl: noRedis })],
])('%s counts by the configured schedule', async (_, { register, signInAs }) => {
  const user = await register()
  expect((await signInAs(user.email, 'wrong')).status).toBe(401)
  expect((await signInAs(user.email, 'wrong')).status).toBe(401)
  const refused = await signInAs(user.email, password)
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('1')
})
