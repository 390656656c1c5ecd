import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { clock, createAccount, owner, ask, write, page } = await createTestApp()

const rename = {
  name: 'rename',
  text: `select auth.change_username($1::uuid, $2::text, interval '90 days', 3)`,
}
const hide = {
  name: 'hide_profile',
  text: `insert into profile.profiles (account_id, visibility) values ($1::uuid, 'private')`,
}

/** Three posts by an author who is renamed after the first page was read. */
async function renamed() {
  const ada = await createAccount('ada')
  for (let n = 0; n < 3; n += 1) await write(ada, { title: `Post ${n}` })
  const { nextCursor } = await page(`/posts?author=${ada.username}&limit=2`)
  const username = `new-${ada.username}`
  await owner.query(rename, [ada.actor.accountId, username])
  return { ada, username, cursor: nextCursor ?? '' }
}

/** The address that a list under a former name redirects to, once the cached list has expired. */
const moved = async (path: string) => {
  clock.advance(1_000)
  const response = await ask('GET', path)
  expect(response.status).toBe(308)
  return response.headers.get('location') ?? ''
}

test('redirects lists and feeds by a former username to the present one', async () => {
  const { ada, username } = await renamed()
  const list = await moved(`/posts?author=${ada.username}&limit=2&fields=none`)
  expect(list).toBe(`/posts?author=${username}&limit=2&fields=none`)
  expect((await page(list)).items).toHaveLength(2)
  expect(await moved(`/posts/atom.xml?author=${ada.username}`)).toBe(`/posts/atom.xml?author=${username}`)
  expect(await (await ask('GET', `/posts/atom.xml?author=${username}`)).text()).toContain('Post 2')
})

test('a cursor continues under the new username', async () => {
  const { ada, username, cursor } = await renamed()
  const next = await moved(`/posts?author=${ada.username}&limit=2&cursor=${cursor}`)
  expect(next).toBe(`/posts?author=${username}&limit=2&cursor=${cursor}`)
  expect((await page(next)).items).toMatchObject([{ title: 'Post 0' }])
})

test('redirects lists of favorites by a former username', async () => {
  const [reader, author] = [await createAccount('reader'), await createAccount('author')]
  const { slug } = await write(author)
  await ask('PUT', `/posts/${slug}/favorite`, { as: reader })
  const username = `new-${reader.username}`
  await owner.query(rename, [reader.actor.accountId, username])
  const list = await moved(`/posts?favoritedBy=${reader.username}`)
  expect((await page(list)).items).toHaveLength(1)
})

test('does not redirect the former username of a private profile, or one that nobody had', async () => {
  const { ada } = await renamed()
  await owner.query(hide, [ada.actor.accountId])
  clock.advance(1_000)
  expect((await page(`/posts?author=${ada.username}&limit=3`)).items).toEqual([])
  expect((await page('/posts?author=nobody-ever')).items).toEqual([])
})
