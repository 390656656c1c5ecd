import { expect, test } from 'vitest'
import { updateCounters } from '../maintenance/queries.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { clock, createAccount, database, owner, ask, write, change, page } = await createTestApp()

const soon = (ms: number) => new Date(Date.now() + ms).toISOString()

/** The places where another account, or an anonymous reader, can see the post. */
async function sightings(
  slug: string,
  author: TestAccount,
  tag: string,
  as?: TestAccount,
): Promise<readonly string[]> {
  const seen: string[] = []
  const look = async (name: string, path: string) => {
    const response = await ask('GET', path, { as })
    const text = response.status === 200 ? await response.text() : ''
    if (text.includes(slug) || (name === 'comments' && response.status === 200)) seen.push(name)
    expect([200, 404]).toContain(response.status)
    if (response.status === 404) expect(response.headers.get('etag')).toBeNull()
  }
  await look('post', `/posts/${slug}`)
  await look('newest', '/posts?limit=100')
  await look('oldest', '/posts?order=oldest&limit=100')
  await look('favorites', `/posts?order=favorites&author=${author.username}&limit=100`)
  await look('author', `/posts?author=${author.username}&limit=100`)
  await look('tag', `/posts?tag=${tag}`)
  await look('language', '/posts?language=en&limit=100')
  await look('search', '/posts?q=unmistakable&limit=100')
  await look('comments', `/posts/${slug}/comments`)
  await look('atom', '/posts/atom.xml')
  await look('atom of tag', `/posts/atom.xml?tag=${tag}`)
  await look('sitemap', `/posts/sitemap.xml?day=${new Date().toISOString().slice(0, 10)}`)
  const counts = await owner.query<{ count: number }>(publishedCount, [author.actor.accountId])
  if ((counts[0]?.count ?? 0) > 0) seen.push('author count')
  const { items } = JSON.parse(await (await ask('GET', '/posts/tags?limit=100', { as })).text())
  if (items.some((item: { tag: string }) => item.tag === tag)) seen.push('tags')
  return seen
}

test.each(['draft', 'archived', 'scheduled'])('only its author sees a post that is %s', async status => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const input = { title: `Unmistakable ${status}`, status, language: 'en', tags: [`only-${status}`] }
  const { slug } = await write(ada, {
    ...input,
    publishedAt: status === 'scheduled' ? soon(3_600_000) : null,
  })
  for (const reader of [undefined, bob])
    expect(await sightings(slug, ada, `only-${status}`, reader)).toEqual([])
  for (const method of ['PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? { title: 'Mine' } : undefined
    const response = await ask(method, `/posts/${slug}`, { as: bob, body, headers: { 'if-match': '*' } })
    expect(response.status).toBe(404)
  }

  const own = await ask('GET', `/posts/${slug}`, { as: ada })
  expect(own.status).toBe(200)
  expect(own.headers.get('cache-control')).toBe('private, no-store')
  expect(await own.json()).toMatchObject({ status })
  expect((await page(`/posts?state=${status}`, ada)).items.map(item => item.slug)).toEqual([slug])
  expect((await page('/posts?state=any', ada)).items.map(item => item.slug)).toEqual([slug])
  expect((await page('/posts?state=any', bob)).items).toEqual([])
  // What the author has just read is not cached for others.
  expect((await ask('GET', `/posts/${slug}`)).status).toBe(404)
  expect((await ask('GET', '/posts?state=draft')).status).toBe(401)
})

test('a published post is visible everywhere, and nowhere once it is archived', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada, { title: 'Unmistakable, published', language: 'en', tags: ['only-this'] })
  expect(await sightings(post.slug, ada, 'only-this')).toHaveLength(14)
  expect((await change(ada, post.slug, post.etag, { status: 'archived' })).status).toBe(200)
  expect(await sightings(post.slug, ada, 'only-this')).toEqual([])
  const back = await change(ada, post.slug, '*', { status: 'published' })
  expect(await back.json()).toMatchObject({ publishedAt: post.publishedAt })
  expect(await sightings(post.slug, ada, 'only-this')).toHaveLength(14)
})

test('a scheduled post becomes public at its time by itself', async () => {
  const ada = await createAccount('ada')
  const { slug } = await write(ada, {
    title: 'Unmistakable, later',
    status: 'scheduled',
    publishedAt: soon(1_200),
    language: 'en',
    tags: ['only-later'],
  })
  expect(await sightings(slug, ada, 'only-later')).toEqual([])
  await everyTimeHasCome()
  clock.advance(1_000)
  expect(await sightings(slug, ada, 'only-later')).toHaveLength(14)
  expect(await (await ask('GET', `/posts/${slug}`)).json()).toMatchObject({ status: 'published' })
})

test('PATCH moves a post through its states', async () => {
  const ada = await createAccount()
  const [past, future] = ['2020-05-17T12:00:00.000Z', soon(3_600_000)]
  const post = await write(ada, { status: 'draft' })
  expect(post).toMatchObject({ status: 'draft', publishedAt: null })
  const steps = [
    [{ status: 'scheduled' }, 422],
    [{ status: 'scheduled', publishedAt: past }, 422],
    [
      { status: 'scheduled', publishedAt: future },
      { status: 'scheduled', publishedAt: future },
    ],
    [{ title: 'Still waiting' }, { status: 'scheduled', publishedAt: future }],
    [{ status: 'published' }, { status: 'published', publishedAt: expect.stringMatching(/^20/) }],
    [{ publishedAt: past }, { status: 'published', publishedAt: past }],
    [{ publishedAt: future }, { status: 'scheduled', publishedAt: future }],
    [{ publishedAt: past }, { status: 'published', publishedAt: past }],
    [{ status: 'archived' }, { status: 'archived', publishedAt: past }],
    [{ status: 'published' }, { status: 'published', publishedAt: past }],
    [{ status: 'draft' }, { status: 'draft', publishedAt: null }],
  ] as const
  for (const [patch, expected] of steps) {
    const response = await change(ada, post.slug, '*', patch)
    if (typeof expected === 'number') expect(response.status).toBe(expected)
    else expect(await response.json()).toMatchObject(expected)
  }
})

test('the counters are exact after many concurrent changes', async () => {
  const accounts = await Promise.all([createAccount(), createAccount(), createAccount()])
  const posts = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      const author = accounts[n % 3] ?? (await createAccount())
      return { ...(await write(author, { tags: ['x', `y${n % 2}`] })), author }
    }),
  )
  const patches = [
    { status: 'draft' },
    { tags: ['y1', 'x', 'z'] },
    { status: 'published' },
    { tags: ['z', 'y0'] },
    { status: 'archived' },
    { publishedAt: soon(400), status: 'published' },
  ]
  const storm = patches.flatMap(patch => posts.map(({ author, slug }) => change(author, slug, '*', patch)))
  expect([...new Set((await Promise.all(storm)).map(response => response.status))]).toEqual([200])
  await everyTimeHasCome()
  await ask('GET', '/posts/tags?limit=99')
  const listed = await database.query(driftedAuthors)
  await updateCounters(database)
  expect(await owner.query(driftedTags)).toEqual([])
  expect([...listed, ...(await database.query(driftedAuthors))]).toEqual([])
})

/** Postgres decides by its own clock. Other tests schedule posts an hour ahead. */
async function everyTimeHasCome(): Promise<void> {
  await expect.poll(async () => (await owner.query(scheduledSoon)).length, { timeout: 5_000 }).toBe(0)
}
const scheduledSoon = {
  name: 'scheduled_soon',
  text: `select id from posts.posts
    where state = 'published' and published_at between now() and now() + interval '1 minute'`,
}

const publishedCount = {
  name: 'published_count',
  text: 'select published_count::int as count from posts.author_counts where account_id = $1::uuid',
}
const driftedTags = {
  name: 'drifted_tags',
  text: `select tag, posts, count from posts.tags full join (
      select tag, count(*) from posts.posts, unnest(tags) tag where state = 'published' and published_at <= now() group by tag
    ) real using (tag)
    where coalesce(posts, 0) <> coalesce(count, 0)`,
}
const driftedAuthors = {
  name: 'drifted_authors',
  text: `select account_id from posts.author_counts counts
    where published_count <> (
      select count(*) from posts.posts
      where author_id = counts.account_id and state = 'published' and published_at <= now()
    )`,
}
