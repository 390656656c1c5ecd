import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createLibrary, daysAgo } from './test-library.ts'

const testApp = await createTestApp()
const { createAccount, ask, write, page } = testApp
const { library, walk } = createLibrary(testApp)

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

test('two codes of a language are one', async () => {
  const ada = await createAccount()
  const [first, second] = [await write(ada, { language: 'deu' }), await write(ada, { language: 'de' })]
  expect(first.language).toBe('de')
  for (const code of ['de', 'deu', 'ger'])
    expect((await page(`/posts?author=${ada.username}&language=${code}`)).items).toMatchObject([
      { slug: second.slug },
      { slug: first.slug },
    ])
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

test.each(['', '&q=book'])('counts a list whose last page has become empty: %j', async search => {
  const { ada } = await library()
  const path = `/posts?author=${ada.username}&limit=6&total=true${search}`
  const first = await page(path)
  const rest = await page(`${path}&cursor=${first.nextCursor}`)
  for (const { slug } of rest.items)
    await ask('DELETE', `/posts/${slug}`, { as: ada, headers: { 'if-match': '*' } })
  const { items, total } = await page(`${path}&cursor=${first.nextCursor}`)
  expect([rest.items.length, items.length, total]).toEqual([1, 0, 6])
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
