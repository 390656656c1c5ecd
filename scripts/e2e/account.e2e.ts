import { expect, test, vi } from 'vitest'
import { apiClient, register } from './account.ts'
import { request } from './api.ts'

/** The functions' promise while Redis is available, plus a request over the network. */
const revocationBoundMs = 5_000

test('every function rejects a revoked session within the bound, and the account can be exported and deleted', async () => {
  const { api, username, email, password } = await register()
  const other = apiClient()
  const { accessToken: token } = (await other.logIn({ body: { email, password } })).data
  const post = { title: 'To be exported', body: 'Mine.' }
  await other.createPost({ body: post })
  expect((await other.getOwnProfile()).data).toMatchObject({ username })

  await api.endSessions({ query: { keep: 'current' } })
  await vi.waitFor(
    async () => {
      const refused = await Promise.all([
        request('GET', '/auth/account', { token }),
        request('GET', '/profile', { token }),
        request('POST', '/posts', { token, body: {} }),
      ])
      expect(refused.map(response => response.status)).toEqual([401, 401, 401])
    },
    { timeout: revocationBoundMs, interval: 500 },
  )

  const { data } = await api.exportAccount()
  expect(data).toMatchObject({ account: { username }, posts: [{ title: post.title }] })

  await api.deleteAccount({ body: { password, posts: 'delete' } })
  await expect(api.getProfile({ path: { username } })).rejects.toMatchObject({ code: 'not_found' })
  const again = apiClient().logIn({ body: { email, password } })
  await expect(again).rejects.toMatchObject({ status: 401, code: 'invalid_credentials' })
})
