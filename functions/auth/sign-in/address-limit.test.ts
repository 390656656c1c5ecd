import { afterAll, describe, expect, it, vi } from 'vitest'
import { createTestApp, password } from '../test-app.ts'

// The limits count in minutes of the wall clock: none ends within this file.
vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 60_000) * 60_000 + 10_000 })
afterAll(() => vi.useRealTimers())

const limited = await createTestApp({ signInLimitPerMinute: 5 })

describe('the limit per client address', () => {
  it('counts sign-ins and registrations of all accounts together and sends RateLimit headers', async () => {
    const address = '198.51.100.1'
    const guess = (n: number) => limited.signInAs(`nobody-${n}@example.test`, 'x', { address })
    const first = await guess(0)
    expect(first.headers.get('ratelimit-limit')).toBe('5')
    const statuses: number[] = []
    for (let n = 1; n < 11; n += 1) statuses.push((await guess(n)).status)
    expect(statuses).toContain(429)
    const register = { email: 'late@example.test', username: 'late', password }
    const refused = await limited.call('POST', '/auth/register', { body: register, address })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('trusts only the nearest proxy: forged addresses do not evade it', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 11; n += 1) {
      const address = `10.9.8.${n}, 198.51.100.2`
      statuses.push((await limited.signInAs('nobody@example.test', 'x', { address })).status)
    }
    expect(statuses).toContain(429)
  })

  it('does not affect other addresses', async () => {
    expect((await limited.signInAs('someone@example.test', 'x', { address: '198.51.100.3' })).status).toBe(
      401,
    )
  })
})
