import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { createTestApp, type TestAccount } from './test-app.ts'

const { createAccount, as, patch } = await createTestApp({ accountLimits: true })

test('changes say what is left of their limit, and above it are refused', async () => {
  const [reader, ada] = [await createAccount('reader'), await createAccount('ada')]
  const path = `/profile/${ada.username}/follow`
  for (const method of ['PUT', 'DELETE']) {
    const answer = await as(reader, method, path)
    expect(answer.headers.get('ratelimit-limit')).toBe(String(limits['change-follows'].limit))
  }
  expect((await as(reader, 'GET', path)).headers.has('ratelimit-limit')).toBe(false)
  const change = (account: TestAccount) => patch(account, { nope: 1 })
  let answer = await change(reader)
  // A new window may begin meanwhile.
  for (let n = 0; n < 2 * limits['change-profile'].limit && answer.status !== 429; n += 1) {
    answer = await change(reader)
  }
  expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect((await change(ada)).status).toBe(422)
})
