import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'

const { createAccount, owner, ask, write, page } = await createTestApp()

const favorite = (as: TestAccount, slug: string, method = 'PUT') =>
  ask(method, `/posts/${slug}/favorite`, { as })
const countOf = async (slug: string) =>
  JSON.parse(await (await ask('GET', `/posts/${slug}`)).text()).favoritesCount

test('adds and removes a favorite idempotently', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const { slug } = await write(ada)
  for (let time = 0; time < 3; time += 1) {
    const response = await favorite(bob, slug)
    expect([response.status, await response.json()]).toEqual([200, { favorited: true, favoritesCount: 1 }])
  }
  expect(await countOf(slug)).toBe(1)
  expect(await (await favorite(ada, slug, 'GET')).json()).toEqual({ favorited: false, favoritesCount: 1 })
  for (let time = 0; time < 3; time += 1) {
    expect(await (await favorite(bob, slug, 'DELETE')).json()).toEqual({
      favorited: false,
      favoritesCount: 0,
    })
  }
  expect(await countOf(slug)).toBe(0)
})

test('counts exactly after 100 concurrent toggles', async () => {
  const accounts = await Promise.all(Array.from({ length: 10 }, () => createAccount()))
  const [ada] = accounts
  if (ada === undefined) throw new Error('an account')
  const posts = await Promise.all([write(ada, { tags: ['a', 'b'] }), write(ada, { tags: ['b', 'a'] })])
  const toggles = Array.from({ length: 100 }, (_, n) => {
    const account = accounts[n % 10] ?? ada
    const { slug } = posts[n % 2] ?? posts[0]
    return favorite(account, slug, (n * 7) % 3 === 0 ? 'DELETE' : 'PUT')
  })
  const responses = await Promise.all(toggles)
  expect([...new Set(responses.map(response => response.status))]).toEqual([200])
  expect(await owner.query(drifted)).toEqual([])
})

test('lists favorites, the newest first, and posts by number of favorites', async () => {
  const [ada, bob, eve] = [await createAccount('ada'), await createAccount('bob'), await createAccount('eve')]
  const [one, two, three] = [
    await write(ada),
    await write(ada, { tags: ['top'] }),
    await write(ada, { tags: ['top'] }),
  ]
  await favorite(bob, two.slug)
  await favorite(bob, one.slug)
  await favorite(eve, two.slug)
  const slugs = async (query: string) => (await page(`/posts?${query}`)).items.map(item => item.slug)
  expect(await slugs(`favoritedBy=${bob.username}`)).toEqual([one.slug, two.slug])
  expect(await slugs(`favoritedBy=${bob.username}&order=oldest`)).toEqual([two.slug, one.slug])
  expect(await slugs(`author=${ada.username}&order=favorites`)).toEqual([two.slug, one.slug, three.slug])
  expect(await slugs('tag=top&order=favorites')).toEqual([two.slug, three.slug])
})

test('rejects favorites of posts that are not public, and removes them from lists', async () => {
  const [ada, bob] = [await createAccount(), await createAccount('bob')]
  const draft = await write(ada, { status: 'draft' })
  expect((await favorite(bob, draft.slug)).status).toBe(404)
  expect((await favorite(ada, draft.slug)).status).toBe(404)
  expect((await favorite(bob, 'no-such-post')).status).toBe(404)
  const post = await write(ada)
  await favorite(bob, post.slug)
  await ask('PATCH', `/posts/${post.slug}`, {
    as: ada,
    body: { status: 'archived' },
    headers: { 'if-match': '*' },
  })
  expect((await page(`/posts?favoritedBy=${bob.username}`)).items).toEqual([])
})

const drifted = {
  name: 'drifted_favorites',
  text: `select post_id from posts.post_counts counts
    where favorites <> (select count(*) from posts.favorites where post_id = counts.post_id)
    union all
    select post_id from posts.post_tags tagged
    where favorites <> (select count(*) from posts.favorites where post_id = tagged.post_id)`,
}

test('tells which posts of a page are favorites of the reader', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const posts = []
  for (let n = 0; n < 4; n += 1) posts.push(await write(ada))
  const [first, second, third, fourth] = posts.map(post => post.slug)
  for (const slug of [first, third, fourth]) await favorite(bob, slug ?? '')
  await ask('PATCH', `/posts/${fourth}`, { as: ada, body: { status: 'draft' }, headers: { 'if-match': '*' } })
  const among = (as: TestAccount, slugs: readonly (string | undefined)[]) =>
    ask('GET', `/posts/favorites?slugs=${slugs.join()}`, { as })
  const asked = [third, 'no-such-post', 'No slug', second, fourth, first]
  const response = await among(bob, asked)
  expect(response.headers.get('cache-control')).toBe('private, no-store')
  expect(await response.json()).toEqual({ slugs: [third, first] })
  expect(await (await among(ada, asked)).json()).toEqual({ slugs: [] })
  const hundred = Array.from({ length: 100 }, (_, n) => `a-post-of-a-title-as-long-as-titles-are-${n}`)
  expect((await among(bob, hundred)).status).toBe(200)
})

test.each([
  ['', 'must not be empty'],
  ['a,,b', 'must be names separated by commas'],
  ['a,b,a', 'must not repeat a name'],
  [Array.from({ length: 101 }, (_, n) => `p${n}`).join(), 'must have at most 100 names'],
  ['x'.repeat(15_000), 'must have at most 100 names'],
])('rejects the slugs %.20s', async (slugs, message) => {
  const response = await ask('GET', `/posts/favorites?slugs=${slugs}`, { as: await createAccount() })
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { errors: [{ path: 'slugs', message }] },
  ])
})

test('tells nobody else what a reader has favorited', async () => {
  expect((await ask('GET', '/posts/favorites?slugs=a')).status).toBe(401)
})
