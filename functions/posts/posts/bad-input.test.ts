import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, change } = await createTestApp()

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['order=best', 'order'],
  ['language=English', 'language'],
  ['language=zz', 'language'],
  ['from=yesterday', 'from'],
  ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
  ['favoritedBy=bob&order=favorites', 'order'],
  ['q=x&order=newest', 'order'],
  ['tag=%20', 'tag'],
  ['offset=1', 'offset'],
  [`q=${'x'.repeat(201)}`, 'q'],
])('rejects ?%s with 400 and the name of the parameter', async (query, path) => {
  const response = await ask('GET', `/posts?${query}`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path }] })
})

test.each([
  [{ title: '' }, 'title'],
  [{ title: 'x'.repeat(201) }, 'title'],
  [{ title: 'a\nb' }, 'title'],
  [{ body: '   ' }, 'body'],
  [{ body: 'x'.repeat(100_001) }, 'body'],
  [{ tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }, 'tags'],
  [{ tags: ['a b'] }, 'tags.0'],
  [{ tags: 'a' }, 'tags'],
  [{ status: 'deleted' }, 'status'],
  [{ status: 'scheduled' }, 'publishedAt'],
  [{ publishedAt: 'tomorrow' }, 'publishedAt'],
  [{ publishedAt: '0001-01-01T00:00:00Z' }, 'publishedAt'],
  [{ coverImageUrl: 'javascript:alert(1)' }, 'coverImageUrl'],
  [{ coverImageUrl: 'http://example.test/a.png' }, 'coverImageUrl'],
  [{ canonicalUrl: 'ftp://example.test' }, 'canonicalUrl'],
  [{ language: 'English' }, 'language'],
  [{ language: 'zz' }, 'language'],
  [{ authorId: 'x' }, 'authorId'],
])('rejects a post with %j with 422 and the name of the member', async (input, path) => {
  const ada = await createAccount()
  const response = await ask('POST', '/posts', { as: ada, body: { title: 'T', body: 'b', ...input } })
  expect(response.status).toBe(422)
  expect(await response.json()).toMatchObject({
    errors: expect.arrayContaining([expect.objectContaining({ path })]),
  })
  const post = await write(ada)
  expect((await change(ada, post.slug, post.etag, input)).status).toBe(422)
})

const unseen = ['&#x200b;', '&#8203;', '&nbsp;', '[a]: https://example.test', '> &nbsp;', '- &#x2800;']

test.each(unseen)('rejects a post or a comment of %j, which renders to nothing, with 422', async body => {
  const ada = await createAccount()
  const refused = { status: 422, errors: [{ path: 'body', message: 'must have something that can be seen' }] }
  const post = await ask('POST', '/posts', { as: ada, body: { title: 'T', body } })
  expect(await post.json()).toMatchObject(refused)
  const { slug } = await write(ada, { title: 'Seen' })
  const comment = await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body } })
  expect(await comment.json()).toMatchObject(refused)
})

test.each(['![](https://example.test/a.png)', '---', '- [ ] ', '`&nbsp;`', '.'])(
  'accepts a post of %j, which shows something',
  async body => {
    const ada = await createAccount()
    expect((await ask('POST', '/posts', { as: ada, body: { title: 'T', body } })).status).toBe(201)
  },
)
