import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { createAccount, owner, ask, page, write } = await createTestApp()

const send = (as: TestAccount, key: string, body: unknown = { title: 'Once', body: 'Only.' }) =>
  ask('POST', '/posts', { as, body, headers: { 'idempotency-key': key } })
const postsOf = async (account: TestAccount) => (await page(`/posts?author=${account.username}`)).items.length

test('replays the first response to the same key and body', async () => {
  const ada = await createAccount('ada')
  const first = await send(ada, 'key-1')
  const again = await send(ada, 'key-1')
  expect([first.status, again.status]).toEqual([201, 201])
  expect(await again.text()).toBe(await first.text())
  for (const name of ['etag', 'location']) expect(again.headers.get(name)).toBe(first.headers.get(name))
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  // The same members in another order are the same request.
  const respelled = await send(ada, 'key-1', {
    title: ' Once ',
    body: 'Only.',
    tags: [],
    status: 'published',
  })
  expect(respelled.status).toBe(201)
  expect(await postsOf(ada)).toBe(1)
})

test('rejects the same key with another body', async () => {
  const ada = await createAccount('ada')
  await send(ada, 'key-1')
  const other = await send(ada, 'key-1', { title: 'Twice', body: 'Only.' })
  expect(other.status).toBe(422)
  expect(await other.json()).toMatchObject({ code: 'idempotency_key_reused' })
  expect(await postsOf(ada)).toBe(1)
})

test('rejects the same key with a comment on a post of another author', async () => {
  const [ada, bob, eve] = [await createAccount('ada'), await createAccount('bob'), await createAccount('eve')]
  const [one, other] = [await write(ada), await write(bob)]
  const comment = (slug: string) =>
    ask('POST', `/posts/${slug}/comments`, {
      as: eve,
      body: { body: 'Once.' },
      headers: { 'idempotency-key': 'key-1' },
    })
  expect((await comment(one.slug)).status).toBe(201)
  const second = await comment(other.slug)
  expect([second.status, await second.json()]).toMatchObject([422, { code: 'idempotency_key_reused' }])
})

test('ten concurrent requests create one post', async () => {
  const ada = await createAccount('ada')
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(ada, 'key-1')))
  expect([...new Set(answers.map(answer => answer.status))]).toEqual([201])
  expect(new Set(await Promise.all(answers.map(answer => answer.text()))).size).toBe(1)
  expect(await postsOf(ada)).toBe(1)
})

test('a key belongs to its account and is free again after a failure', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  await send(ada, 'key-1')
  expect((await send(bob, 'key-1', { title: 'Other', body: 'b' })).status).toBe(201)
  expect((await send(bob, 'key-2', { title: '', body: 'b' })).status).toBe(422)
  expect((await send(bob, 'key-2', { title: 'Now good', body: 'b' })).status).toBe(201)
  expect((await send(bob, 'key-3', { title: 'T', body: 'b', slug: 'feed' })).status).toBe(409)
  expect((await send(bob, 'key-3', { title: 'T', body: 'b' })).status).toBe(201)
})

test('a key expires after a day and is deleted', async () => {
  const ada = await createAccount('ada')
  await send(ada, 'key-1')
  await owner.query(age, [ada.actor.accountId])
  expect((await send(ada, 'key-1', { title: 'Next day', body: 'b' })).status).toBe(201)
  await send(ada, 'key-2')
  await owner.query(age, [ada.actor.accountId])
  await send(ada, 'key-3')
  await expect.poll(async () => (await owner.query(keysOf, [ada.actor.accountId])).length).toBe(1)
})

test.each(['', 'a b', 'x'.repeat(201)])('rejects the key %j', async key => {
  expect((await send(await createAccount(), key)).status).toBe(400)
})

const age = {
  name: 'age_keys',
  text: `update posts.idempotency_keys set created_at = now() - interval '25 hours' where account_id = $1::uuid`,
}
const keysOf = { name: 'keys_of', text: 'select key from posts.idempotency_keys where account_id = $1::uuid' }
