import { expect, test } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'

const { app, owner, createAccount, patch } = await createTestApp()

test('an account has an empty profile from the start', async () => {
  const account = await createAccount('fresh')
  const response = await app.request('/profile', { headers: account.authorization })
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('etag')).toMatch(/^"[\w-]{27}"$/)
  const { createdAt, ...body } = await readJson(response)
  expect(createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(body).toEqual({
    id: account.actor.accountId,
    username: account.username,
    email: `${account.username}@example.test`,
    displayName: null,
    bio: null,
    location: null,
    website: null,
    avatarUrl: null,
    visibility: 'public',
    updatedAt: createdAt,
  })
})

test('a patch sets its members, keeps the others, and null clears', async () => {
  const account = await createAccount('patcher')
  const set = await patch(account, { displayName: '  Ada Lovelace ', bio: 'one\r\ntwo' })
  expect(set.status).toBe(200)
  expect(await set.json()).toMatchObject({ displayName: 'Ada Lovelace', bio: 'one\ntwo', avatarUrl: null })

  const cleared = await patch(account, { bio: null, avatarUrl: 'https://img.test/a.png' })
  expect(await cleared.json()).toMatchObject({
    displayName: 'Ada Lovelace',
    bio: null,
    avatarUrl: 'https://img.test/a.png',
  })
  const own = await app.request('/profile', { headers: account.authorization })
  expect(own.headers.get('etag')).toBe(cleared.headers.get('etag'))
})

test('a patch that changes nothing keeps the ETag', async () => {
  const account = await createAccount('same')
  const first = await patch(account, { bio: 'x' })
  const second = await patch(account, { bio: 'x' })
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
})

test('If-Match: the current version passes, an old one gets 412 with the current ETag', async () => {
  const account = await createAccount('matcher')
  const first = await patch(account, { bio: 'first' })
  const etag = first.headers.get('etag') ?? ''
  const second = await patch(account, { bio: 'second' }, { 'if-match': etag })
  expect(second.status).toBe(200)
  const lost = await patch(account, { bio: 'third' }, { 'if-match': etag })
  expect(lost.status).toBe(412)
  expect(lost.headers.get('etag')).toBe(second.headers.get('etag'))
  expect(await lost.json()).toMatchObject({ code: 'precondition_failed' })
})

test('of 10 parallel changes to one version exactly one is made', async () => {
  const account = await createAccount('racer')
  const etag = (await patch(account, { bio: 'start' })).headers.get('etag') ?? ''
  const changes = Array.from({ length: 10 }, (_, n) =>
    patch(account, { bio: `change ${n}` }, { 'if-match': etag }),
  )
  const statuses = (await Promise.all(changes)).map(response => response.status).sort()
  expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 412)])
})

test('the public profile is found in any case of the name, reveals neither id nor email, and supports 304', async () => {
  const account = await createAccount('Shown')
  await patch(account, { displayName: 'Shown' })
  const response = await app.request(`/profile/${account.username.toUpperCase()}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('public, max-age=30')
  expect(Object.keys(await readJson(response)).sort()).toEqual(
    [
      ...['avatarUrl', 'bio', 'createdAt', 'displayName', 'followersCount', 'followingCount'],
      ...['location', 'postsCount', 'username', 'website'],
    ].sort(),
  )
  const etag = response.headers.get('etag') ?? ''
  const again = await app.request(`/profile/${account.username}`, { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe('')
})

test('the count of posts includes only public ones: no drafts, no archived and no scheduled ones', async () => {
  const account = await createAccount('author')
  await owner.query(insertPosts, [account.actor.accountId])
  const profile = await readJson(await app.request(`/profile/${account.username}`))
  expect(profile).toMatchObject({ postsCount: 2 })
  const none = await createAccount('reader')
  expect(await readJson(await app.request(`/profile/${none.username}`))).toMatchObject({ postsCount: 0 })
})

test.each(['nobody', 'a', 'a%00b', '%F0%9F%A6%84', '..%2Fhealth', `${'x'.repeat(200)}`, "x'--", '%E0%A4'])(
  'no profile has the name %s: 404',
  async name => {
    const response = await app.request(`/profile/${name}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  },
)

test('a token of a deleted account is refused', async () => {
  const account = await createAccount('gone')
  const headers = account.authorization
  expect((await app.request('/profile', { headers })).status).toBe(200)
  await owner.query(deleteAccount, [account.actor.accountId])
  const response = await app.request('/profile', { headers })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect((await patch(account, { bio: 'x' })).status).toBe(401)
})

test('health responds, and other methods get 405', async () => {
  const response = await app.request('/profile/health')
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ status: 'ok', version: 'test' })
  const refused = await app.request('/profile', { method: 'DELETE' })
  expect(refused.status).toBe(405)
  expect(refused.headers.get('allow')).toBe('GET, HEAD, PATCH')
})

const deleteAccount = { name: 'delete_account', text: 'delete from auth.accounts where id = $1::uuid' }
const insertPosts = {
  name: 'insert_posts',
  text: `insert into posts.posts (author_id, slug, state, reading_minutes, published_at, title, excerpt, body, html)
    select $1::uuid, 'count-' || state || published_at, state, 1, published_at, 'A post', '', '', ''
    from (values
      ('draft', now() - interval '1 day'), ('archived', now() - interval '1 day'),
      ('published', now() - interval '1 day'), ('published', now() - interval '1 hour'),
      ('published', now() + interval '1 day')
    ) as post (state, published_at)`,
}
