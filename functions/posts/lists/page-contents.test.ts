import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createLibrary } from './test-library.ts'

const testApp = await createTestApp()
const { clock, createAccount, database, owner, ask, write, page } = testApp
const { library } = createLibrary(testApp)

test('`fields` selects the long members', async () => {
  const ada = await createAccount('ada')
  await write(ada, { summary: 'Short.' })
  const only = async (fields: string) => {
    const { items } = await page(`/posts?author=${ada.username}&fields=${fields}`)
    return Object.keys(items[0] ?? {}).filter(name => ['summary', 'excerpt', 'body', 'html'].includes(name))
  }
  expect(await only('none')).toEqual([])
  expect(await only('summary')).toEqual(['summary'])
  expect(await only('body,html')).toEqual(['body', 'html'])
  expect((await ask('GET', '/posts?fields=email')).status).toBe(400)
})

test('counts a total on request, up to 10,000', async () => {
  const { ada, tag } = await library()
  expect(await page(`/posts?author=${ada.username}&limit=2`)).not.toHaveProperty('total')
  expect(await page(`/posts?tag=${tag}&limit=2&total=true`)).toMatchObject({ total: 7, totalIsExact: true })
  expect(await page('/posts?tag=none-such&total=true')).toMatchObject({
    total: 0,
    totalIsExact: true,
    items: [],
  })
  await owner.query(tenThousand, [ada.actor.accountId])
  expect(await page(`/posts?author=${ada.username}&total=true`)).toMatchObject({
    total: 10_000,
    totalIsExact: false,
  })
})

const tenThousand = {
  timeoutMs: 30_000,
  name: 'ten_thousand',
  text: `insert into posts.posts (author_id, slug, state, published_at, title, body, html, excerpt, reading_minutes)
    select $1::uuid, 'many-' || n, 'published', now() - n * interval '1 s', 'T', 'b', '<p>b</p>', 'b', 1
    from generate_series(1, 10000) n`,
}

test('no combination of filters and fields makes Postgres keep more than a few statements', async () => {
  const ada = await createAccount('ada')
  const tag = randomUUID()
  await write(ada, { tags: [tag] })
  const filters = [`tag=${tag}`, `author=${ada.username}`, 'language=en', `favoritedBy=${ada.username}`]
  const fields = [
    'none',
    'summary',
    'excerpt',
    'html',
    'body',
    'html,body',
    'body,html',
    'summary,body',
    'excerpt,html',
  ]
  for (const filter of filters)
    for (const field of fields)
      for (const order of ['newest', 'oldest'])
        await page(`/posts?${filter}&fields=${field}&order=${order}&limit=1`)
  const kept = await database.query<{ n: number }>({
    name: '',
    text: "select count(*)::int as n from pg_prepared_statements where name like 'list_%'",
  })
  // One filter or none, with the usual fields or none, the first page or a later one, 9 × 2 × 2, and
  // of three by favorites: 3 × 2 × 2.
  expect(kept[0]?.n).toBeLessThanOrEqual(48)
})

test('lists and comments show a changed picture of their author within a second', async () => {
  const ada = await createAccount('ada')
  const { slug, author } = await write(ada)
  expect(author).toEqual({ username: ada.username, displayName: null, avatarUrl: null })
  await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: 'Mine.' } })
  const shown = async (path: string) => JSON.parse(await (await ask('GET', path)).text()).items[0].author
  const paths = [`/posts?author=${ada.username}`, `/posts/${slug}/comments`]
  const show = async (visibility: string, avatarUrl: string) => {
    await owner.query(showProfile, [ada.actor.accountId, visibility, avatarUrl])
    clock.advance(1_000)
  }
  for (const path of paths) expect(await shown(path)).toMatchObject({ avatarUrl: null })
  await show('public', 'https://pictures.test/ada.png')
  for (const path of paths) {
    expect(await shown(path)).toMatchObject({ avatarUrl: 'https://pictures.test/ada.png' })
  }
  await show('private', 'https://pictures.test/hidden.png')
  for (const path of paths) {
    expect(await shown(path)).toMatchObject({ avatarUrl: null })
  }
})

const showProfile = {
  name: 'show_test_profile',
  text: `insert into profile.profiles (account_id, visibility, avatar_url) values ($1::uuid, $2::text, $3::text)
    on conflict (account_id) do update set visibility = excluded.visibility, avatar_url = excluded.avatar_url`,
}
