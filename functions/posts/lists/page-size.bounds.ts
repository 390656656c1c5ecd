import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { longestGapMs } from '../../shared/testing/longest-gap.ts'
import { maxHtmlLength } from '../markdown/size.ts'
import { maxBodyLength } from '../posts/schemas.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { maxPageBytes } from './page.ts'

const { app, ask, createAccount, owner, ownerUrl, write } = await createTestApp()
const posts = 100
let author: TestAccount
let reader: TestAccount
let commented = ''

/** Characters that JSON and XML escape. */
const text = (length: number) => `left(repeat('"<&>\\ word ', ${Math.ceil(length / 11)}), ${length})`

beforeAll(async () => {
  author = await createAccount('author')
  reader = await createAccount('reader')
  const id = `'${author.actor.accountId}'`
  // In two statements: in one, both texts would be computed for each of a hundred rows.
  await queryOnce(
    ownerUrl,
    `with texts as materialized (select ${text(maxHtmlLength)} as html, ${text(maxBodyLength)} as body)
    insert into posts.posts (author_id, slug, state, published_at, reading_minutes, title, excerpt, body, html)
    select ${id}, 'long-' || n, 'published', now() - interval '1 minute' * n, 1, 'Long', 'Short.', body, html
    from texts, generate_series(1, ${posts}) n`,
  )
  await owner.query({ name: '', text: 'insert into profile.follows values ($1::uuid, $2::uuid)' }, [
    reader.actor.accountId,
    author.actor.accountId,
  ])
  commented = (await write(reader)).slug
  await queryOnce(
    ownerUrl,
    `insert into posts.comments (author_id, post_id, account_id, body, html)
    select author_id, id, author_id, ${text(10_000)}, ${text(100_000)}
    from posts.posts, generate_series(1, 100) where slug = '${commented}'`,
  )
}, 120_000)

const Page = v.object({ items: v.array(v.object({ id: v.string() })), nextCursor: v.nullable(v.string()) })
/** A single item may be larger: texts of maximum length with JSON escapes. */
const maxItemBytes = 2 * (maxHtmlLength + maxBodyLength)

test.each([
  ['a list', () => `/posts?author=${author.username}&fields=html,body`, undefined],
  ['a search', () => `/posts?q=word&author=${author.username}&fields=html,body`, undefined],
  ['the feed', () => '/posts/feed?fields=html,body', () => reader],
  ['comments', () => `/posts/${commented}/comments?order=oldest`, undefined],
  ['replies, the newest first', () => `/posts/${commented}/comments?order=newest`, undefined],
])('%s ends each page when it is full, and its cursors lead to every item', async (_, path, as) => {
  const seen = new Set<string>()
  const walk = async (cursor: string | null): Promise<void> => {
    const url = `${path()}${path().includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${cursor}` : ''}`
    const response = await ask('GET', url, { as: as?.() })
    const answer = await response.text()
    expect(response.status).toBe(200)
    expect(Buffer.byteLength(answer)).toBeLessThan(Math.max(maxPageBytes, maxItemBytes) + 5_000)
    const { items, nextCursor } = v.parse(Page, JSON.parse(answer))
    expect(items.length).toBeGreaterThan(0)
    for (const { id } of items) seen.add(id)
    if (nextCursor !== null) await walk(nextCursor)
  }
  await walk(null)
  expect(seen.size).toBe(100)
})

test('the Atom feed has whole texts as long as they fit and stays small', async () => {
  const response = await app.request(`/posts/atom.xml?author=${author.username}`)
  const answer = await response.text()
  expect(response.status).toBe(200)
  expect(Buffer.byteLength(answer)).toBeLessThan(maxPageBytes + 20_000)
  expect(answer.match(/<entry>/g)).toHaveLength(20)
  expect(answer.match(/<summary>Short\.<\/summary>/g)).toHaveLength(20)
})

test('ten concurrent readers of the longest pages need little memory and do not block the event loop', async () => {
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 5)
  // Different lists, so that they do not share a load.
  const list = (n: number) =>
    `/posts?author=${author.username}&limit=100&fields=html,body&from=1970-01-01T00:00:0${n}Z`
  const atom = (n: number) =>
    `/posts/atom.xml?author=${author.username.slice(0, n) + author.username.slice(n).toUpperCase()}`
  const longestMs = await longestGapMs(async () => {
    for (let round = 0; round < 5; round += 1) {
      const answers = Array.from({ length: 10 }, async (_, n) =>
        expect((await app.request(n % 2 ? list(n) : atom(n))).status).toBe(200),
      )
      await Promise.all(answers)
    }
  })
  clearInterval(timer)
  expect(peak - before).toBeLessThan(150 * 1_048_576)
  expect(longestMs).toBeLessThan(250)
})
