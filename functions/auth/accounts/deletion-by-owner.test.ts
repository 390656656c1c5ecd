import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { createTestApp, password } from '../test-app.ts'

const { call, register, owner } = await createTestApp()

it('the statement of docs/accounts.md deletes an account as its own owner would', async () => {
  const user = await register()
  const { email, username, id } = user.user
  const ownPost = `insert into posts.posts (author_id, slug, state, title, excerpt, body, html, reading_minutes, published_at)
    values ($1::uuid, 'own', 'published', 'A post', '', 'its body', '', 1, now())`
  await owner.query({ name: 'own_post', text: ownPost }, [id])
  const document = readFileSync(join(import.meta.dirname, '../../../docs/accounts.md'), 'utf8')
  const text = /^do [^`]*/m.exec(document)?.[0].replace('ada@example.com', email) ?? ''
  await owner.query({ name: 'delete_as_documented', text })

  expect(await owner.query({ name: 'posts_left', text: 'select id from posts.posts' })).toEqual([])
  const account = () => call('GET', '/auth/account', { token: user.accessToken })
  await vi.waitFor(async () => expect((await account()).status).toBe(401), 10_000)
  const again = (name: string) =>
    call('POST', '/auth/register', { body: { email, username: name, password } })
  expect((await again(username)).status).toBe(409)
  expect((await again('another-name')).status).toBe(201)
})
