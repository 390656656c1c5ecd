import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openDatabase } from '../../shared/postgres/database.ts'
import { createTestApp } from '../test-app.ts'
import { findDays, findPostsOfDay } from './queries.ts'

const { createAccount, ask, write, change, owner, target, log } = await createTestApp()

test('dates a scheduled post in feeds and sitemaps by its appearance', async () => {
  const ada = await createAccount('ada')
  const { id, slug } = await write(ada, {
    status: 'scheduled',
    publishedAt: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const text = 'update posts.posts set published_at = posts.now_ms() where id = $1'
  await owner.query({ name: '', text }, [id])
  const [row] = await owner.query<{ at: Date }>(
    { name: '', text: 'select published_at as at from posts.posts where id = $1' },
    [id],
  )
  const time = row?.at.toISOString() ?? ''
  const atom = await (await ask('GET', `/posts/atom.xml?author=${ada.username}`)).text()
  expect(atom).toContain(`<published>${time}</published><updated>${time}</updated>`)
  expect(atom.match(/<updated>/g)).toHaveLength(2)
  expect(await (await ask('GET', `/posts/sitemap.xml?day=${time.slice(0, 10)}`)).text()).toContain(
    `/posts/${slug}</loc><lastmod>${time}</lastmod>`,
  )
})

test('leaves a post with a canonical URL elsewhere out of the sitemaps', async () => {
  const ada = await createAccount()
  const own = await write(ada, { title: randomUUID(), canonicalUrl: 'https://api.test/posts/own' })
  const elsewhere = await write(ada, { title: randomUUID(), canonicalUrl: 'https://elsewhere.test/a' })
  const day = own.publishedAt?.slice(0, 10)
  const sitemap = await (await ask('GET', `/posts/sitemap.xml?day=${day}`)).text()
  expect(sitemap).toContain(own.slug)
  expect(sitemap).not.toContain(elsewhere.slug)
})

test('lists a day only while a post of this site is public on it', async () => {
  const ada = await createAccount()
  const day = '1999-12-31'
  const publishedAt = `${day}T12:00:00Z`
  const status = async () => (await ask('GET', `/posts/sitemap.xml?day=${day}`)).status
  const isListed = async () => (await (await ask('GET', '/posts/sitemap.xml')).text()).includes(`day=${day}`)
  const both = async () => [await status(), await isListed()]
  expect(await both()).toEqual([404, false])
  await write(ada, { publishedAt, canonicalUrl: 'https://elsewhere.test/a' })
  expect(await both()).toEqual([404, false])
  const post = await write(ada, { publishedAt: `${day}T11:00:00Z` })
  expect(await both()).toEqual([200, true])
  await change(ada, post.slug, post.etag, { status: 'archived' })
  expect(await both()).toEqual([404, false])
})

test('a day is one in UTC, whatever time zone the server has', async () => {
  const ada = await createAccount()
  // The clocks of Berlin go forward on this day, and back on the other.
  const times = ['2001-03-25T23:30:00Z', '2001-10-28T23:30:00Z', '2001-10-29T00:30:00Z']
  const posts = await Promise.all(times.map(publishedAt => write(ada, { publishedAt })))
  const url = `${target.databaseUrl('iod_posts')}?options=${encodeURIComponent('-c timezone=Europe/Berlin')}`
  const berlin = await openDatabase({ url, poolSize: 1, log })
  const siteUrl = 'https://api.test'
  const days = ['2001-03-25', '2001-03-26', '2001-10-28', '2001-10-29']
  const found = []
  for (const day of days) {
    const entries = await findPostsOfDay(berlin, { day: new Date(day), siteUrl })
    found.push(entries.map(entry => posts.findIndex(({ slug }) => slug === entry.slug)))
  }
  expect(found).toEqual([[0], [], [1], [2]])
  expect(await findDays(berlin, { siteUrl })).toEqual(expect.arrayContaining(['2001-03-25', '2001-10-28']))
  await berlin.close()
})

test('a feed has one address and one cached copy, however its tag and author are written', async () => {
  const ada = await createAccount('ada')
  await write(ada, { tags: ['linux'] })
  const read = async (query: string) => (await ask('GET', `/posts/atom.xml?${query}`)).text()
  const text = await read(`tag=linux&author=${ada.username}`)
  expect(text).toContain(`href="https://api.test/posts/atom.xml?tag=linux&amp;author=${ada.username}"`)
  for (const query of [
    `author=${ada.username.toUpperCase()}&tag=%20LINUX`,
    `tag=%20%20linux&author=${ada.username}`,
  ])
    expect(await read(query)).toBe(text)
})
