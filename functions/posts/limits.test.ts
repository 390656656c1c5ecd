import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { createTestApp, type TestAccount } from './test-app.ts'

const { createAccount, ask, write } = await createTestApp({ accountLimits: true })

const comment = (as: TestAccount) => ask('POST', '/posts/no-such-post/comments', { as, body: {} })

test('rejects requests over the limit with 429 and Retry-After, for one account only', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const { limit } = limits['write-comments']
  let answer = await comment(ada)
  // A new window may begin in between.
  for (let n = 0; n < 2 * limit && answer.status !== 429; n += 1) answer = await comment(ada)
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({ code: 'too_many_requests' })
  expect(answer.headers.get('ratelimit-limit')).toBe(String(limit))
  expect(answer.headers.get('ratelimit-remaining')).toBe('0')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await comment(bob)).status).toBe(422)
  // Other limits are separate.
  await write(ada)
})

test('sends RateLimit headers with every write', async () => {
  const ada = await createAccount('ada')
  const { slug } = await write(ada)
  const headers = { 'if-match': '*' }
  const writes = [
    ['POST', '/posts', limits['write-posts']],
    ['PATCH', `/posts/${slug}`, limits['change-posts']],
    ['DELETE', `/posts/${slug}`, limits['change-posts']],
    ['POST', `/posts/${slug}/comments`, limits['write-comments']],
    ['PATCH', `/posts/${slug}/comments/x`, limits['write-comments']],
    ['DELETE', `/posts/${slug}/comments/x`, limits['delete-comments']],
    ['PUT', `/posts/${slug}/favorite`, limits['set-favorites']],
    ['DELETE', `/posts/${slug}/favorite`, limits['set-favorites']],
  ] as const
  for (const [method, path, { limit }] of writes) {
    const answer = await ask(method, path, { as: ada, headers })
    expect([method, path, answer.headers.get('ratelimit-limit')]).toEqual([method, path, String(limit)])
  }
  expect((await ask('GET', '/posts', { as: ada })).headers.has('ratelimit-limit')).toBe(false)
})
