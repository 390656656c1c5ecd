import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { newPerson, register, Session } from './account.ts'
import { request } from './api.ts'

const Export = v.object({
  account: v.object({ username: v.string() }),
  posts: v.array(v.object({ title: v.string() })),
})

/** The functions' promise while Redis is available, plus a request over the network. */
const revocationBoundMs = 5_000

test('every function rejects a revoked session within the bound, and the account can be exported and deleted', async () => {
  const person = newPerson()
  const { accessToken: first } = await register(person)
  const signIn = await request('POST', '/auth/login', {
    body: { email: person.email, password: person.password },
  })
  const { accessToken: second } = v.parse(Session, signIn.json())
  const post = { title: 'To be exported', body: 'Mine.' }
  expect((await request('POST', '/posts', { token: second, body: post })).status).toBe(201)
  expect((await request('GET', '/profile', { token: second })).status).toBe(200)

  expect((await request('DELETE', '/auth/sessions?keep=current', { token: first })).status).toBe(204)
  await vi.waitFor(
    async () => {
      const refused = await Promise.all([
        request('GET', '/auth/account', { token: second }),
        request('GET', '/profile', { token: second }),
        request('POST', '/posts', { token: second, body: {} }),
      ])
      expect(refused.map(response => response.status)).toEqual([401, 401, 401])
    },
    { timeout: revocationBoundMs, interval: 500 },
  )

  const document = v.parse(Export, (await request('GET', '/auth/account/export', { token: first })).json())
  expect(document).toMatchObject({ account: { username: person.username }, posts: [{ title: post.title }] })

  const deletion = { password: person.password, posts: 'delete' }
  expect((await request('POST', '/auth/account/deletion', { token: first, body: deletion })).status).toBe(204)
  expect((await request('GET', `/profile/${person.username}`)).status).toBe(404)
  const again = await request('POST', '/auth/login', {
    body: { email: person.email, password: person.password },
  })
  expect(again.status).toBe(401)
})
