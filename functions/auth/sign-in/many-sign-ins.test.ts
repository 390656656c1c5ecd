import { expect, test, vi } from 'vitest'
import { createTestApp, noRedis } from '../test-app.ts'

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

test('a sign-in that is refused for want of room is no attempt at the password', async () => {
  const { register, signInAs } = await createTestApp({ passwordCost: 10, redisUrl: noRedis })
  const { email } = await register()
  async function guess(count: number): Promise<readonly number[]> {
    const statuses: number[] = []
    for (let n = 0; n < count; n += 1) statuses.push((await signInAs(email, 'wrong')).status)
    return statuses
  }
  const refused = vi.fn()
  const crowd = times(40, async n => {
    const response = await signInAs(`nobody-${n}@example.test`, 'x')
    if (response.status === 429) refused()
  })
  await vi.waitFor(() => expect(refused).toHaveBeenCalled(), 30_000)
  const early = await guess(9)
  expect(early).toContain(429)
  await Promise.all(crowd)
  // Of the ten free attempts, those that are left.
  expect(await guess(1 + early.filter(status => status === 429).length)).not.toContain(429)
}, 60_000)
