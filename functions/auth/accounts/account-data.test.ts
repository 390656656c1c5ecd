import { describe, expect, it, vi } from 'vitest'
import { operations } from '../operations.ts'
import { createTestApp, password, readJson, type TestUser } from '../test-app.ts'

const { call, register, signInAs, newSession, owner, isAccepted } = await createTestApp()

it('deleting the account requires the password and leaves only the hold on the username', async () => {
  const user = await register()
  const other = await newSession(user)
  const remove = (tried: string) =>
    call('POST', '/auth/account/deletion', {
      token: user.accessToken,
      body: { password: tried, posts: 'delete' },
    })
  expect((await remove('wrong')).status).toBe(403)
  expect((await remove(password)).status).toBe(204)
  expect([await isAccepted(user), await isAccepted(other)]).toEqual([false, false])
  expect((await signInAs(user.email)).status).toBe(401)
  await vi.waitFor(async () => {
    const text = `select (select count(*) from auth.accounts where id = $1)
      + (select count(*) from auth.sessions where account_id = $1)
      + (select count(*) from auth.events where account_id = $1) as rows`
    expect(await owner.query({ name: 'count_rows', text }, [user.user.id])).toEqual([{ rows: '0' }])
  }, 10_000)

  const again = { email: user.email, username: user.user.username, password }
  const refused = await call('POST', '/auth/register', { body: again })
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ errors: [{ path: 'username' }] })
  const withOtherName = { ...again, username: 'quite-another' }
  expect((await call('POST', '/auth/register', { body: withOtherName })).status).toBe(201)
})

it('exports whom the account follows and its followers, without private ones', async () => {
  const user = await register()
  const [shown, hidden] = [await register('shown'), await register('hidden')]
  const text = `with follow as (
      insert into profile.follows (follower_id, followee_id)
      values ($2::uuid, $1::uuid), ($3::uuid, $1::uuid), ($1::uuid, $3::uuid)
    )
    insert into profile.profiles (account_id, visibility) values ($3::uuid, 'private')`
  await owner.query({ name: 'follow', text }, [user.user.id, shown.user.id, hidden.user.id])
  expect(
    await readJson(await call('GET', '/auth/account/export', { token: user.accessToken })),
  ).toMatchObject({
    followers: [{ username: shown.user.username }],
    following: [{ username: hidden.user.username }],
  })
})

describe('posts and comments', () => {
  const insert = {
    name: 'write_post',
    text: `with post as (
        insert into posts.posts (author_id, slug, state, title, excerpt, body, html, reading_minutes, published_at)
        values ($1::uuid, 'post-' || $1::text, 'published', 'A post', '', 'its body', '', 1, now()) returning author_id, id
      ), comment as (
        insert into posts.comments (author_id, post_id, account_id, body, html)
        select author_id, id, author_id, 'my comment', '' from post
      )
      insert into posts.favorites (author_id, post_id, account_id) select author_id, id, author_id from post`,
  }
  const count = {
    name: 'count_posts',
    text: `select (select count(*)::int from posts.posts where author_id = $1::uuid) as posts,
      (select count(*)::int from posts.comments where author_id = $1::uuid) as comments,
      (select count(*)::int from posts.comments where account_id = $1::uuid) as named`,
  }

  it('are part of the export', async () => {
    const user = await register()
    await owner.query(insert, [user.user.id])
    const document = await readJson(await call('GET', '/auth/account/export', { token: user.accessToken }))
    expect(document).toMatchObject({
      posts: [{ title: 'A post', body: 'its body' }],
      comments: [{ body: 'my comment' }],
      favorites: [{ post: `post-${user.user.id}` }],
    })
  })

  it('are exported without the slug of a post that its author has hidden', async () => {
    const author = await register('author')
    const reader = await register('reader')
    await owner.query(insert, [author.user.id])
    const text = `with hidden as (update posts.posts set state = 'archived' where author_id = $1::uuid),
      favorite as (
        insert into posts.favorites (author_id, post_id, account_id) select author_id, id, $2::uuid from posts.posts
        where author_id = $1::uuid
      )
      update posts.comments set account_id = $2::uuid where author_id = $1::uuid`
    await owner.query({ name: 'hide_post', text }, [author.user.id, reader.user.id])
    const exportOf = async ({ accessToken: token }: TestUser) =>
      readJson(await call('GET', '/auth/account/export', { token }))
    expect(await exportOf(reader)).toMatchObject({
      comments: [{ post: null, body: 'my comment' }],
      favorites: [{ post: null }],
    })
    expect(await exportOf(author)).toMatchObject({ favorites: [{ post: `post-${author.user.id}` }] })
  })

  it.each([
    ['delete', { posts: 0, comments: 0, named: 0 }],
    ['anonymise', { posts: 1, comments: 1, named: 0 }],
  ])('%s: decides what is left of them after the account is deleted', async (posts, left) => {
    const user = await register()
    await owner.query(insert, [user.user.id])
    const response = await call('POST', '/auth/account/deletion', {
      token: user.accessToken,
      body: { password, posts },
    })
    expect(response.status).toBe(204)
    expect(await owner.query(count, [user.user.id])).toEqual([left])
  })
})

it('deletion requires a decision about the posts', async () => {
  const user = await register()
  for (const posts of [undefined, 'keep']) {
    const response = await call('POST', '/auth/account/deletion', {
      token: user.accessToken,
      body: { password, posts },
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ errors: [{ path: 'posts' }] })
  }
})

const manyEvents = {
  name: 'many_events',
  text: `insert into auth.events (account_id, kind, address, client)
    select $1::uuid, 'logged_in', '192.0.2.1', 'many "quoted" ' || n from generate_series(1, 450) n`,
}

it('exports everything stored as one JSON document of any length, without secrets', async () => {
  const user = await register()
  const session = await newSession(user, 'phone')
  await owner.query(manyEvents, [user.user.id])
  const profile = `insert into profile.profiles (account_id, display_name) values ($1::uuid, 'Ada')`
  await owner.query({ name: 'a_profile', text: profile }, [user.user.id])

  const response = await call('GET', '/auth/account/export', { token: session.accessToken })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-disposition')).toContain('account.json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const document = await readJson(response)
  expect(document).toMatchObject({
    account: { id: user.user.id, email: user.email },
    profile: [{ displayName: 'Ada' }],
    following: [],
    followers: [],
    sessions: [{ client: 'test' }, { client: 'phone' }],
  })
  expect(
    Array.isArray(document['securityEvents']) && document['securityEvents'].length,
  ).toBeGreaterThanOrEqual(452)
  expect(JSON.stringify(document)).not.toMatch(/\$2[aby]\$|token_hash|password_hash/)
})

it('HEAD has no effect on any route that supports GET', async () => {
  const user = await register()
  const tables = await owner.query<{ name: string }>({
    name: 'auth_tables',
    text: `select table_name as name from information_schema.tables
      where table_schema = 'auth' and table_type = 'BASE TABLE' order by 1`,
  })
  const contents = tables
    .map(({ name }) => `(select jsonb_agg(t order by t::text) from auth.${name} t)`)
    .join(', ')
  const dump = () =>
    owner.query({ name: 'dump_auth', text: `select jsonb_build_array(${contents})::text as rows` })
  const before = await dump()
  for (const { path } of operations.filter(operation => operation.method === 'get')) {
    const response = await call('HEAD', path, { token: user.accessToken })
    expect([path, response.status, await response.text()]).toEqual([path, 200, ''])
  }
  expect(await dump()).toEqual(before)
})

it('exports that could not be recorded keep no place from others', async () => {
  const users = await Promise.all(Array.from({ length: 17 }, () => register()))
  const statusOf = async (token: string) => {
    const response = await call('GET', '/auth/account/export', { token })
    await response.text()
    return response.status
  }
  await owner.query({ name: '', text: 'revoke insert on auth.events from iod_auth' })
  for (const { accessToken } of users) expect(await statusOf(accessToken)).toBe(500)
  await owner.query({ name: '', text: 'grant insert on auth.events to iod_auth' })
  expect(await statusOf(users[0]?.accessToken ?? '')).toBe(200)
})
