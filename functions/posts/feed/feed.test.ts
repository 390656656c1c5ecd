import * as v from 'valibot'
import { expect, test } from 'vitest'
import { TagPage } from '../tags/schemas.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { createAccount, owner, ask, write, change, page } = await createTestApp()

const follow = (follower: TestAccount, followee: TestAccount) =>
  owner.query(insertFollow, [follower.actor.accountId, followee.actor.accountId])
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

test('lists the posts of followed authors, newest first, each once', async () => {
  const reader = await createAccount('reader')
  const authors = await Promise.all(Array.from({ length: 5 }, () => createAccount('author')))
  for (const author of authors) await follow(reader, author)
  const stranger = await createAccount('stranger')
  const expected: string[] = []
  for (let n = 0; n < 12; n += 1) {
    const author = authors[(n * n) % 5] ?? stranger
    const { slug } = await write(author, { publishedAt: hoursAgo(100 - n) })
    expected.unshift(slug)
    await write(n % 2 ? stranger : reader, { publishedAt: hoursAgo(100 - n) })
    await write(author, { status: n % 2 ? 'draft' : 'archived' })
  }
  for (const limit of [1, 3, 5, 100]) {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const found = await page(`/posts/feed?limit=${limit}${cursor && `&cursor=${cursor}`}`, reader)
      seen.push(...found.items.map(item => item.slug))
      cursor = found.nextCursor
    }
    expect(seen).toEqual(expected)
  }
  expect((await page('/posts/feed', stranger)).items).toEqual([])
})

test('finds rare posts behind many posts of others', async () => {
  const [reader, quiet, loud] = [await createAccount(), await createAccount(), await createAccount()]
  await follow(reader, quiet)
  const first = await write(quiet, { publishedAt: hoursAgo(50) })
  for (let n = 0; n < 4; n += 1) await write(loud, { publishedAt: hoursAgo(20 - n) })
  await write(quiet, { status: 'scheduled', publishedAt: hoursAgo(-1) })
  const slugs = async () => (await page('/posts/feed?limit=2', reader)).items.map(item => item.slug)
  expect(await slugs()).toEqual([first.slug])
  const second = await write(quiet)
  expect(await slugs()).toEqual([second.slug, first.slug])
  const third = await write(quiet)
  expect(await slugs()).toEqual([third.slug, second.slug])
})

test('shows a feed to its reader only', async () => {
  const [reader, other, author] = [await createAccount(), await createAccount(), await createAccount()]
  await follow(reader, author)
  for (let n = 0; n < 3; n += 1) await write(author)
  expect((await ask('GET', '/posts/feed')).status).toBe(401)
  const response = await ask('GET', '/posts/feed?limit=1', { as: reader })
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  const { nextCursor } = await page('/posts/feed?limit=1', reader)
  expect((await ask('GET', `/posts/feed?cursor=${nextCursor}`, { as: other })).status).toBe(400)
})

test('counts tags, the most used first, over pages of any size', async () => {
  const ada = await createAccount('ada')
  const tag = (name: string) => `${name}-${ada.username}`
  for (let n = 0; n < 4; n += 1) {
    await write(ada, { tags: ['all', ...(n < 2 ? ['half'] : []), ...(n < 1 ? ['one'] : [])].map(tag) })
  }
  const draft = await write(ada, { tags: [tag('all'), tag('hidden')], status: 'draft' })
  const tags = async () => {
    const seen: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path = `/posts/tags?limit=2${cursor && `&cursor=${cursor}`}`
      const found: v.InferOutput<typeof TagPage> = v.parse(TagPage, await (await ask('GET', path)).json())
      seen.push(...found.items.map(item => [item.tag, item.postsCount]))
      cursor = found.nextCursor
    }
    return seen.filter(item => String(item).includes(ada.username))
  }
  expect(await tags()).toEqual([
    [tag('all'), 4],
    [tag('half'), 2],
    [tag('one'), 1],
  ])
  await change(ada, draft.slug, '*', { status: 'published' })
  expect((await tags()).map(String)).toEqual([
    `all-${ada.username},5`,
    `half-${ada.username},2`,
    `hidden-${ada.username},1`,
    `one-${ada.username},1`,
  ])
})

const insertFollow = {
  name: 'insert_test_follow',
  text: 'insert into profile.follows (follower_id, followee_id) values ($1::uuid, $2::uuid)',
}
