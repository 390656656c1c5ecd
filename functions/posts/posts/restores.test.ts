import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, owner, clock } = await createTestApp()

const rename = (from: string, to: string) =>
  owner.query({ name: '', text: `alter schema ${from} rename to ${to}` })

test('a database without its schema, as during a restore, is unavailable, and copies are shown', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  expect((await ask('GET', `/posts/${slug}`)).status).toBe(200)
  await rename('posts', 'absent')
  clock.advance(10_000)
  const requests = [
    ['GET', '/posts?q=sea'],
    ['GET', '/posts/tags'],
    ['PUT', `/posts/${slug}/favorite`],
    ['POST', '/posts'],
  ] as const
  for (const [method, path] of requests) {
    const body = method === 'POST' ? { title: 'A title', body: 'A body.' } : undefined
    const response = await ask(method, path, { as: ada, body })
    expect([path, response.status, response.headers.get('retry-after')]).toEqual([path, 503, '1'])
  }
  const copy = await ask('GET', `/posts/${slug}`)
  expect([copy.status, Number(copy.headers.get('age'))]).toEqual([200, 10])
  await rename('absent', 'posts')
  expect((await ask('POST', '/posts', { as: ada, body: { title: 'B', body: 'B' } })).status).toBe(201)
})

test('so is one whose schema is older, as while an archive of an earlier version is restored', async () => {
  const ada = await createAccount()
  const move = (from: string, to: string) =>
    owner.query({ name: '', text: `alter table posts.posts rename ${from} to ${to}` })
  await move('title', 'absent')
  const body = { title: 'A title', body: 'A body.' }
  const response = await ask('POST', '/posts', { as: ada, body })
  await move('absent', 'title')
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  expect((await ask('POST', '/posts', { as: ada, body })).status).toBe(201)
})
