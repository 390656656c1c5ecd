import { expect, test } from 'vitest'
import { createTestApp, type TestAccount } from './test-app.ts'

const { createAccount, owner, ask, write, page } = await createTestApp()

const favorite = (as: TestAccount, slug: string, method = 'PUT') =>
  ask(method, `/posts/${slug}/favorite`, { as })
const countOf = async (slug: string) =>
  JSON.parse(await (await ask('GET', `/posts/${slug}`)).text()).favoritesCount

test('a favorite is one however often it is made one', async () => {
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

test('counts are exact after 100 toggles at once', async () => {
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

test('the list of what someone favorited, newest favorite first; the most favorited posts first', async () => {
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
  expect(await slugs(`favoritedBy=${bob.username}&tag=top`)).toEqual([two.slug])
  expect(await slugs(`author=${ada.username}&order=favorites`)).toEqual([two.slug, one.slug, three.slug])
  expect(await slugs(`tag=top&order=favorites&author=${ada.username}`)).toEqual([two.slug, three.slug])
})

test('what is not public is nobody’s favorite, and leaves the lists of those whose it was', async () => {
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
