import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { isWellFormedSlug, toSlug } from './slugs.ts'

const { createAccount, ask, write, change } = await createTestApp()

test.each([
  ['Hello, World!', 'hello-world'],
  ['Привет, мир', 'privet-mir'],
  ['日本語の題名', /^[a-z0-9-]{4,}$/],
  ['你好世界', /^ni-?hao-?shi-?jie$/],
  ['مرحبا بالعالم', /^[a-z0-9-]{4,}$/],
  ['नमस्ते', /^[a-z0-9-]{4,}$/],
  ['Ελληνικά', /^ellinika$/],
  ['Łódź & Ærø', /^lodz-aero$/],
  ["Don't", 'dont'],
  ['🎉🎉', 'post'],
  ['---', 'post'],
  [`${'long '.repeat(60)}`, /^(?:long-)+long$/],
  ['x'.repeat(300), /^x{80}$/],
])('%s', async (title, expected) => {
  const slug = await toSlug(title)
  if (typeof expected === 'string') expect(slug).toBe(expected)
  else expect(slug).toMatch(expected)
  expect(slug.length).toBeLessThanOrEqual(80)
  expect(isWellFormedSlug(slug)).toBe(true)
})

test('gives posts with the same title different slugs, also concurrently, and none a reserved path', async () => {
  const ada = await createAccount()
  const posts = await Promise.all(Array.from({ length: 10 }, () => write(ada, { title: 'The same' })))
  expect(new Set(posts.map(post => post.slug)).size).toBe(10)
  for (const { slug } of posts) expect(slug).toMatch(/^the-same(?:-\w+)?$/)
  for (const title of ['Health', 'Feed', 'Tags']) {
    expect((await write(ada, { title })).slug).not.toBe(title.toLowerCase())
  }
})

test('keeps the slug when the title changes, changes it on request, and redirects the former one', async () => {
  const ada = await createAccount()
  const post = await write(ada, { title: 'First name' })
  const renamed = await change(ada, post.slug, post.etag, { title: 'Second name' })
  expect(await renamed.json()).toMatchObject({ slug: post.slug })

  const moved = await change(ada, post.slug, renamed.headers.get('etag') ?? '', { slug: null })
  expect(await moved.json()).toMatchObject({ slug: 'second-name' })
  const former = await ask('GET', `/posts/${post.slug}`)
  expect([former.status, former.headers.get('location')]).toEqual([308, '/posts/second-name'])
  const comments = await ask('GET', `/posts/${post.slug}/comments?limit=5`)
  expect([comments.status, comments.headers.get('location')]).toEqual([
    308,
    '/posts/second-name/comments?limit=5',
  ])

  const respelled = await change(ada, 'second-name', moved.headers.get('etag') ?? '', { slug: 'Straße' })
  expect(await respelled.json()).toMatchObject({ slug: 'strasse' })
  expect((await ask('GET', '/posts/second-name')).headers.get('location')).toBe('/posts/strasse')
  const back = await change(ada, 'strasse', respelled.headers.get('etag') ?? '', { slug: post.slug })
  expect(await back.json()).toMatchObject({ slug: post.slug })
  expect((await ask('GET', `/posts/${post.slug}`)).status).toBe(200)
})

test.each(['..', '-', '\u{1f600}'])(
  'a requested slug without a letter or digit is refused: %s',
  async slug => {
    const refused = await ask('POST', '/posts', {
      as: await createAccount(),
      body: { title: 'T', body: 'b', slug },
    })
    expect(refused.status).toBe(422)
  },
)

test('rejects a requested slug that another post has or had', async () => {
  const ada = await createAccount()
  const [one, two] = [await write(ada, { slug: 'wanted' }), await write(ada)]
  expect(one.slug).toBe('wanted')
  expect(
    (await ask('POST', '/posts', { as: ada, body: { title: 'T', body: 'b', slug: 'Wanted' } })).status,
  ).toBe(409)
  expect((await change(ada, two.slug, two.etag, { slug: 'wanted' })).status).toBe(409)
  await change(ada, 'wanted', one.etag, { slug: 'elsewhere' })
  expect((await change(ada, two.slug, two.etag, { slug: 'wanted' })).status).toBe(409)
  const reserved = await change(ada, two.slug, two.etag, { slug: 'feed' })
  expect([reserved.status, await reserved.json()]).toMatchObject([
    409,
    { errors: [{ path: 'slug', message: 'is reserved' }] },
  ])
})

test('redirects a former slug of a post that is not public for its author only', async () => {
  const ada = await createAccount()
  const post = await write(ada, { title: 'Secret move', status: 'draft' })
  await change(ada, post.slug, post.etag, { slug: 'secret-target' })
  expect((await ask('GET', `/posts/${post.slug}`)).status).toBe(404)
  expect((await ask('GET', `/posts/${post.slug}`, { as: ada })).headers.get('location')).toBe(
    '/posts/secret-target',
  )
})

test.each(['UPPER', 'a--b', 'ä', '..', '%00', 'a'.repeat(200), '-a', "a'b"])(
  'no post is looked for under %s',
  async slug => {
    expect((await ask('GET', `/posts/${encodeURIComponent(slug)}`)).status).toBe(404)
  },
)

test.each(['GET', 'PATCH', 'DELETE'])('%s under a slug with NUL finds no post', async method => {
  const ada = await createAccount('ada')
  const body = method === 'PATCH' ? { title: 'A title' } : undefined
  for (const path of ['', '/favorite', '/comments'].map(rest => `/posts/a%00b${rest}`)) {
    const { status } = await ask(method, path, { as: ada, body, headers: { 'if-match': '*' } })
    expect([404, 405], path).toContain(status)
  }
})
