import * as v from 'valibot'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { Post } from './schemas.ts'

const { createAccount, ask, write, change, page } = await createTestApp()

test('creates, reads, lists, changes and deletes a post', async () => {
  const ada = await createAccount('ada')
  const response = await ask('POST', '/posts', {
    as: ada,
    body: { title: 'Über Züge & Straßen', body: 'It *works*.', tags: ['Rail', 'rail', 'road'] },
  })
  expect(response.status).toBe(201)
  const post = v.parse(v.strictObject(Post.entries), await response.json())
  expect(post).toMatchObject({
    slug: expect.stringMatching(/^uber-zuge-strassen(-\w+)?$/),
    title: 'Über Züge & Straßen',
    summary: null,
    body: 'It *works*.',
    html: '<p>It <em>works</em>.</p>',
    excerpt: 'It works.',
    tags: ['rail', 'road'],
    status: 'published',
    author: { username: ada.username, displayName: null },
    favoritesCount: 0,
    commentsCount: 0,
    readingMinutes: 1,
  })
  expect(response.headers.get('location')).toBe(`/posts/${post.slug}`)

  const path = `/posts/${post.slug}`
  const read = await ask('GET', path)
  expect(read.status).toBe(200)
  expect(await read.json()).toEqual(post)
  const etag = read.headers.get('etag') ?? ''
  expect(etag).toBe(response.headers.get('etag'))
  const again = await ask('GET', path, { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe('')

  const list = await page(`/posts?author=${ada.username}`)
  const { body: _body, html: _html, ...listed } = post
  expect(list).toEqual({ items: [listed], nextCursor: null })

  const changed = await change(ada, post.slug, etag, { title: 'Trains', summary: 'Short.' })
  expect(changed.status).toBe(200)
  expect(await changed.json()).toMatchObject({ title: 'Trains', summary: 'Short.', slug: post.slug })
  const stale = await ask('DELETE', path, { as: ada, headers: { 'if-match': etag } })
  expect(stale.status).toBe(412)
  expect(stale.headers.get('etag')).toBe(changed.headers.get('etag'))
  expect((await ask('DELETE', path, { as: ada })).status).toBe(428)
  const headers = { 'if-match': changed.headers.get('etag') ?? '' }
  expect((await ask('DELETE', path, { as: ada, headers })).status).toBe(204)
  expect((await ask('GET', path)).status).toBe(404)
  expect((await page(`/posts?author=${ada.username}`)).items).toEqual([])
})

test('requires If-Match with the current version, and keeps the ETag if nothing changes', async () => {
  const ada = await createAccount()
  const post = await write(ada)
  expect((await ask('PATCH', `/posts/${post.slug}`, { as: ada, body: { title: 'No' } })).status).toBe(428)
  for (const etag of ['"1"', 'W/"1-a"', '"2-a"', '"-1-a"', 'abc', '']) {
    expect((await change(ada, post.slug, etag, { title: 'No' })).status).toBe(412)
  }
  const same = await change(ada, post.slug, post.etag, { title: post.title })
  expect(same.status).toBe(200)
  expect(same.headers.get('etag')).toBe(post.etag)
  const any = await change(ada, post.slug, '"7-x", *', { title: 'Yes' })
  expect(any.status).toBe(200)
})

test('makes one of several concurrent changes to the same version', async () => {
  const ada = await createAccount()
  const post = await write(ada)
  const titles = Array.from({ length: 8 }, (_, n) => `Title ${n}`)
  const responses = await Promise.all(titles.map(title => change(ada, post.slug, post.etag, { title })))
  expect(responses.map(response => response.status).sort()).toEqual([200, ...Array(7).fill(412)])
})

test('lets only the author change a post', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const post = await write(ada)
  expect((await change(bob, post.slug, post.etag, { title: 'Mine' })).status).toBe(403)
  const headers = { 'if-match': post.etag }
  expect((await ask('DELETE', `/posts/${post.slug}`, { as: bob, headers })).status).toBe(403)
  expect((await change(bob, 'no-such-post', post.etag, { title: 'Mine' })).status).toBe(404)
})

test('a merge-patch keeps absent members and clears null members', async () => {
  const ada = await createAccount()
  const post = await write(ada, {
    summary: 'Short.',
    tags: ['one'],
    coverImageUrl: 'https://example.test/a.png',
    canonicalUrl: 'https://example.test/a',
    language: 'en',
  })
  const response = await change(ada, post.slug, post.etag, { summary: null, tags: null, coverImageUrl: null })
  expect(await response.json()).toMatchObject({
    title: post.title,
    body: post.body,
    summary: null,
    tags: [],
    coverImageUrl: null,
    canonicalUrl: 'https://example.test/a',
    language: 'en',
  })
})
