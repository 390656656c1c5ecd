import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { clock, createAccount, database, owner, ask, write, page } = await createTestApp()

async function walk(path: string, limit: number, as?: TestAccount): Promise<readonly string[]> {
  const slugs: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const found = await page(
      `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`,
      as,
    )
    slugs.push(...found.items.map(item => item.slug))
    cursor = found.nextCursor
  }
  return slugs
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** An author with posts of known days, tags and languages. */
async function library() {
  const ada = await createAccount('ada')
  const tag = `lib-${ada.username}`
  const posts = []
  for (let n = 0; n < 7; n += 1) {
    posts.push(
      await write(ada, {
        title: `Book ${n}`,
        publishedAt: daysAgo(10 - n),
        tags: n % 2 ? [tag, 'odd'] : [tag],
        language: n < 3 ? 'nl' : 'da',
      }),
    )
  }
  return { ada, tag, posts, slugs: posts.map(post => post.slug) }
}

test('lists every post once, in order, over pages of any size', async () => {
  const { ada, tag, slugs } = await library()
  const newestFirst = slugs.toReversed()
  const lists = {
    [`/posts?author=${ada.username}`]: newestFirst,
    [`/posts?author=${ada.username.toUpperCase()}&order=oldest`]: slugs,
    [`/posts?tag=${tag.toUpperCase()}`]: newestFirst,
    [`/posts?tag=${tag}&order=oldest`]: slugs,
    [`/posts?tag=${tag}&order=favorites`]: newestFirst,
    [`/posts?tag=${tag}&language=nl`]: newestFirst.slice(4),
    [`/posts?tag=${tag}&language=nl&order=oldest&from=${daysAgo(8.5)}`]: slugs.slice(2, 3),
    [`/posts?author=${ada.username}&tag=odd`]: newestFirst.filter((_, n) => n % 2),
    [`/posts?author=${ada.username}&language=da`]: newestFirst.slice(0, 4),
    [`/posts?author=${ada.username}&from=${daysAgo(8.5)}&to=${daysAgo(5.5)}`]: newestFirst.slice(2, 5),
  }
  for (const [path, expected] of Object.entries(lists)) {
    for (const limit of [1, 3, 100]) expect([path, await walk(path, limit)]).toEqual([path, expected])
  }
  for (const state of ['published', 'any']) {
    expect(await walk(`/posts?state=${state}`, 2, ada)).toEqual(newestFirst)
    expect(await walk(`/posts?state=${state}&order=oldest`, 2, ada)).toEqual(slugs)
  }
})

test('pages through posts with the same time', async () => {
  const ada = await createAccount('ada')
  const publishedAt = daysAgo(1)
  const posts = await Promise.all(Array.from({ length: 5 }, () => write(ada, { publishedAt })))
  const seen = await walk(`/posts?author=${ada.username}`, 2)
  expect([...seen].sort()).toEqual(posts.map(post => post.slug).sort())
})

test('neither repeats nor misses a post while others are written and deleted', async () => {
  const { ada, posts, slugs } = await library()
  const path = `/posts?author=${ada.username}&limit=3`
  const first = await page(path)
  const last = first.items.at(-1)
  await write(ada, { title: 'New' })
  // The post that the cursor was made from.
  await ask('DELETE', `/posts/${last?.slug}`, { as: ada, headers: { 'if-match': '*' } })
  const [gone] = posts
  await ask('DELETE', `/posts/${gone?.slug}`, { as: ada, headers: { 'if-match': '*' } })
  const second = await page(`${path}&cursor=${first.nextCursor}`)
  expect([...first.items, ...second.items].map(item => item.slug)).toEqual(slugs.toReversed().slice(0, 6))
  expect(second.nextCursor).toBeNull()
})

test('rejects a cursor that is altered, invented or from another list', async () => {
  const { ada, tag } = await library()
  const path = `/posts?author=${ada.username}&limit=2`
  const { nextCursor } = await page(path)
  const cursor = nextCursor ?? ''
  const flipped = `${cursor[0] === 'A' ? 'B' : 'A'}${cursor.slice(1)}`
  for (const bad of [
    flipped,
    cursor.slice(0, -1),
    `${cursor}A`,
    'abc',
    '',
    'eyJhIjoxfQ.AAAAAAAAAAAAAAAAAAAAAA',
  ]) {
    const response = await ask('GET', `${path}&cursor=${bad}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_parameter', errors: [{ path: 'cursor' }] })
  }
  for (const other of [
    `/posts?tag=${tag}`,
    '/posts',
    `${path}&order=oldest`,
    `${path}&language=nl`,
    `/posts?q=book`,
  ]) {
    expect((await ask('GET', `${other}${other.includes('?') ? '&' : '?'}cursor=${cursor}`)).status).toBe(400)
  }
  // Only `limit` and `fields` may change.
  expect(
    (await ask('GET', `/posts?author=${ada.username}&limit=5&fields=none&cursor=${cursor}`)).status,
  ).toBe(200)
})

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
