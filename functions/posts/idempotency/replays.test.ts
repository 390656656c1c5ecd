import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write } = await createTestApp()

test('replays the response for a scheduled post after its time', async () => {
  const ada = await createAccount()
  const publishedAt = new Date(Date.now() + 2_000).toISOString()
  const body = { title: randomUUID(), body: 'x', status: 'scheduled', publishedAt }
  const headers = { 'idempotency-key': randomUUID() }
  const first = await ask('POST', '/posts', { as: ada, body, headers })
  expect(first.status).toBe(201)
  await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(publishedAt))
  const again = await ask('POST', '/posts', { as: ada, body, headers })
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  expect(await again.text()).toBe(await first.text())
})

test('replays the response for a comment after its post was closed or deleted', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const { slug } = await write(ada)
  const headers = { 'idempotency-key': randomUUID() }
  const send = () => ask('POST', `/posts/${slug}/comments`, { as: bob, body: { body: 'First!' }, headers })
  const first = await send()
  expect(first.status).toBe(201)
  const text = await first.text()
  const change = { as: ada, headers: { 'if-match': '*' } }
  await ask('PATCH', `/posts/${slug}`, { ...change, body: { commentsOpen: false } })
  const closed = await send()
  expect([closed.status, await closed.text()]).toEqual([201, text])
  await ask('DELETE', `/posts/${slug}`, change)
  const gone = await send()
  expect([gone.status, gone.headers.get('idempotency-replayed'), await gone.text()]).toEqual([
    201,
    'true',
    text,
  ])
})

test('replays without rendering, so that a busy renderer cannot reject it', async () => {
  const ada = await createAccount()
  const body = { title: randomUUID(), body: 'word '.repeat(19_000) }
  const headers = { 'idempotency-key': randomUUID() }
  expect((await ask('POST', '/posts', { as: ada, body, headers })).status).toBe(201)
  const replays = await Promise.all(
    Array.from({ length: 8 }, () => ask('POST', '/posts', { as: ada, body, headers })),
  )
  expect(replays.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201))
})
