import { expect, test } from 'vitest'
import { limits } from './limits.ts'
import { createTestApp, type TestAccount } from './test-app.ts'

const { createAccount, as, patch } = await createTestApp({ accountLimits: true })

test('changes report the rest of their limit, and are refused beyond it', async () => {
  const [reader, ada] = [await createAccount('reader'), await createAccount('ada')]
  const path = `/profile/${ada.username}/follow`
  for (const method of ['PUT', 'DELETE']) {
    const response = await as(reader, method, path)
    expect(response.headers.get('ratelimit-limit')).toBe(String(limits['change-follows'].limit))
  }
  expect((await as(reader, 'GET', path)).headers.has('ratelimit-limit')).toBe(false)
  const change = (account: TestAccount) => patch(account, { nope: 1 })
  let response = await change(reader)
  // A new window may begin during the loop.
  for (let n = 0; n < 2 * limits['change-profile'].limit && response.status !== 429; n += 1) {
    response = await change(reader)
  }
  expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect((await change(ada)).status).toBe(422)
})
