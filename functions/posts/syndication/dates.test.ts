import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, owner } = await createTestApp()

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
