import { decodeJwt } from 'jose'
import { afterAll, describe, expect, it, test, vi } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { openRedis } from '../../shared/redis/client.ts'
import { createTestApp, noRedis, password } from '../test-app.ts'

// The limits count in minutes of the wall clock: none ends within this file.
vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 60_000) * 60_000 + 10_000 })
afterAll(() => vi.useRealTimers())

const withRedis = await createTestApp()
const withoutRedis = await createTestApp({ redisUrl: noRedis })

/** An hour, in seconds: a wait that is lengthened by it does not end while a busy machine sends the next request. */
const margin = 3_600
const tenWrong = [...Array.from({ length: 10 }, () => 401), 429]

describe.each([
  [
    'in Redis',
    withRedis,
    await openRedis({ url: withRedis.testRedis.ownerUrl, log: createLog('test', 'error') }),
  ],
  ['in Postgres, while Redis is unavailable', withoutRedis, undefined],
])('the sign-in throttle %s', (_, { register, newSession, signInAs, call, owner, eventKinds }, redis) => {
  afterAll(() => redis?.close())

  /** Pretends that this much time has passed. */
  async function pass(seconds: number): Promise<void> {
    if (redis === undefined) {
      const text = `update auth.attempts set open_at = open_at - make_interval(secs => $1::int)`
      await owner.query({ name: 'pass_time', text }, [seconds])
      return
    }
    await redis?.attempt(async commands => {
      for (const key of await commands.keys('iod:attempts:*')) {
        const openAt = await commands.hget(key, 'openAt')
        if (openAt !== null) await commands.hset(key, 'openAt', Number(openAt) - seconds * 1_000)
      }
    })
  }
  const retryAfter = (response: Response) => Number(response.headers.get('retry-after'))

  async function guess(email: string, times: number): Promise<readonly number[]> {
    const statuses: number[] = []
    for (let n = 0; n < times; n += 1) statuses.push((await signInAs(email, 'wrong')).status)
    return statuses
  }

  /** Ten wrong attempts and an eleventh, which has to come before the wait of a second is over. */
  async function guessUntilThrottled(email: string): Promise<readonly number[]> {
    const wrong = await guess(email, 10)
    await pass(-margin)
    const throttled = await guess(email, 1)
    await pass(margin)
    return [...wrong, ...throttled]
  }

  it('begins after ten wrong attempts, doubles its wait, and rejects the right password too', async () => {
    const user = await register()
    expect(await guessUntilThrottled(user.email)).toEqual(tenWrong)
    const waits: number[] = []
    for (let round = 0; round < 5; round += 1) {
      await pass(-margin)
      const refused = await signInAs(user.email)
      expect(refused.status).toBe(429)
      waits.push(retryAfter(refused) - margin)
      await pass(retryAfter(refused))
      expect((await signInAs(user.email, 'wrong')).status).toBe(401)
    }
    // The waits are 1, 2, 4, 8 and 16 s; a second may have passed while we were guessing.
    expect(waits[1]).toBeGreaterThan(0)
    expect(waits[3]).toBeGreaterThanOrEqual(6)
    expect(waits[4]).toBeGreaterThanOrEqual(13)
    expect(waits[4]).toBeLessThanOrEqual(16)
  })

  it('waits at most five minutes and then ends', async () => {
    const user = await register()
    await guess(user.email, 10)
    for (let round = 0; round < 12; round += 1) {
      await pass(300)
      await signInAs(user.email, 'wrong')
    }
    const refused = await signInAs(user.email)
    expect(retryAfter(refused)).toBeGreaterThan(280)
    expect(retryAfter(refused)).toBeLessThanOrEqual(300)
    await pass(300)
    expect((await signInAs(user.email)).status).toBe(200)
  })

  it('is reset by the right password', async () => {
    const user = await register()
    await guess(user.email, 9)
    expect((await signInAs(user.email)).status).toBe(200)
    expect(await guess(user.email, 9)).not.toContain(429)
  })

  it('lets no more of 40 parallel guesses through than of 40 in sequence', async () => {
    const user = await register()
    const responses = await Promise.all(Array.from({ length: 40 }, () => signInAs(user.email, 'wrong')))
    expect(responses.filter(response => response.status === 401)).toHaveLength(10)
    expect(responses.filter(response => response.status === 429)).toHaveLength(30)
    await vi.waitFor(async () => {
      expect((await eventKinds(user)).filter(kind => kind === 'log_in_failed')).toHaveLength(10)
    }, 10_000)
  })

  it('allows eight concurrent sign-ins', async () => {
    const user = await register()
    const responses = await Promise.all(Array.from({ length: 8 }, () => signInAs(user.email)))
    expect(responses.map(response => response.status)).toEqual(Array.from({ length: 8 }, () => 200))
  })

  it('treats an address without an account the same, and affects no other address', async () => {
    const user = await register()
    const unknown = `nobody-${user.email}`
    expect(await guessUntilThrottled(unknown)).toEqual(tenWrong)
    expect((await signInAs(user.email)).status).toBe(200)
  })

  it('counts re-authentication attempts of all operations together', async () => {
    const user = await register()
    const token = user.accessToken
    const change = { currentPassword: 'wrong', newPassword: 'another long walk' }
    expect((await call('PUT', '/auth/account/password', { token, body: change })).status).toBe(403)
    const deletion = { password: 'wrong', posts: 'delete' }
    expect((await call('POST', '/auth/account/deletion', { token, body: deletion })).status).toBe(403)
    const email = { password: 'wrong', email: 'x@example.test' }
    expect((await call('PUT', '/auth/account/email', { token, body: email })).status).toBe(403)
    for (let n = 0; n < 7; n += 1) await call('PUT', '/auth/account/password', { token, body: change })
    await pass(-margin)
    const slowed = await call('POST', '/auth/account/deletion', {
      token,
      body: { password, posts: 'delete' },
    })
    expect(slowed.status).toBe(429)
    await pass(margin)
    // The throttle of a possibly stolen session does not affect the owner's other sessions.
    const { accessToken } = await newSession(user)
    const right = { currentPassword: password, newPassword: 'another long walk' }
    expect((await call('PUT', '/auth/account/password', { token: accessToken, body: right })).status).toBe(
      204,
    )
  })

  it('counts nothing for the session that an email spells', async () => {
    const { accessToken: token } = await register()
    expect(await guessUntilThrottled(`session:${decodeJwt(token)['sid']}`)).toEqual(tenWrong)
    await pass(-margin)
    const change = { currentPassword: password, newPassword: 'another long walk' }
    expect((await call('PUT', '/auth/account/password', { token, body: change })).status).toBe(204)
    await pass(margin)
  })

  it('never throttles a signed-in owner or a device that has signed in before', async () => {
    const user = await register()
    const other = await register()
    expect(await guessUntilThrottled(user.email)).toEqual(tenWrong)
    await pass(-margin)
    expect((await signInAs(user.email)).status).toBe(429)
    const signIn = (deviceToken: string, tried = password) =>
      call('POST', '/auth/login', { body: { email: user.email, password: tried, deviceToken } })
    expect((await signIn(user.deviceToken)).status).toBe(200)
    // A device token of another account, or a forged one, does not count.
    expect((await signIn(other.deviceToken)).status).toBe(429)
    expect((await signIn(`${user.deviceToken}x`)).status).toBe(429)
    // Guesses from a known device are throttled too.
    for (let n = 0; n < 10; n += 1) expect((await signIn(user.deviceToken, 'wrong')).status).toBe(401)
    await pass(-margin)
    expect((await signIn(user.deviceToken)).status).toBe(429)
    await pass(2 * margin)
    const right = { currentPassword: password, newPassword: 'another long walk' }
    expect(
      (await call('PUT', '/auth/account/password', { token: user.accessToken, body: right })).status,
    ).toBe(204)
  })
})

test('the waiting guesses of strangers stop neither a signed-in owner nor a device that has signed in before', async () => {
  const slow = await createTestApp({
    passwordCost: 11,
    signInThrottle: { freeAttempts: 100, maxWaitSeconds: 1, forgetAfterSeconds: 3_600 },
  })
  const { email, deviceToken, accessToken: token } = await slow.register()
  const guess = (n: number) => slow.signInAs(email, 'wrong', { address: `198.51.100.${n % 4}` })
  const guesses = Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)))
  await vi.waitFor(async () => expect((await slow.signInAs(email)).status).toBe(429), 10_000)
  const body = { email, password, deviceToken }
  expect((await slow.call('POST', '/auth/login', { body })).status).toBe(200)
  const change = { currentPassword: password, newPassword: 'another long walk' }
  expect((await slow.call('PUT', '/auth/account/password', { token, body: change })).status).toBe(204)
  await guesses
}, 60_000)
