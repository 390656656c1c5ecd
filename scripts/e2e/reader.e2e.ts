import * as v from 'valibot'
import { expect, test, vi } from 'vitest'
import { newPerson, register } from './account.ts'
import { request } from './api.ts'

const Counts = v.object({ postsCount: v.number(), followersCount: v.number(), followingCount: v.number() })
const People = v.object({ items: v.array(v.object({ username: v.string() })) })
const Listed = v.object({
  items: v.array(
    v.object({ slug: v.string(), title: v.string(), author: v.object({ username: v.string() }) }),
  ),
})
const Favorites = v.object({ slugs: v.array(v.string()) })
const Followed = v.object({ usernames: v.array(v.string()) })
const Titles = v.object({ items: v.array(v.object({ title: v.string() })) })

const countsOf = async (username: string) =>
  v.parse(Counts, (await request('GET', `/profile/${username}`)).json())
const followersOf = async (username: string) =>
  v.parse(People, (await request('GET', `/profile/${username}/followers`)).json()).items

/** Reads a page of posts as a client shows it, in three requests. */
async function readPage(author: string, token: string) {
  const { items } = v.parse(Listed, (await request('GET', `/posts?author=${author}`)).json())
  const slugs = items.map(item => item.slug).join()
  const usernames = [...new Set(items.map(item => item.author.username))].join()
  const [favorites, followed] = await Promise.all([
    request('GET', `/posts/favorites?slugs=${slugs}`, { token }),
    request('GET', `/profile/following?usernames=${usernames}`, { token }),
  ])
  return {
    titles: items.map(item => item.title),
    favorites: v.parse(Favorites, favorites.json()).slugs.length,
    followed: v.parse(Followed, followed.json()).usernames.length,
  }
}

test('a reader follows an author through a change of name, until the author is private', async () => {
  const [author, reader] = [newPerson(), newPerson()]
  const { accessToken: writing } = await register(author)
  const { accessToken: token } = await register(reader)
  const follow = `/profile/${author.username}/follow`

  expect((await request('PUT', follow, { token })).text).toBe('{"following":true}')
  const post = { title: 'For followers', body: 'Hello.' }
  expect((await request('POST', '/posts', { token: writing, body: post })).status).toBe(201)
  await vi.waitFor(async () =>
    expect(await countsOf(author.username)).toEqual({ postsCount: 1, followersCount: 1, followingCount: 0 }),
  )
  expect(await countsOf(reader.username)).toMatchObject({ followingCount: 1 })
  expect(await followersOf(author.username)).toMatchObject([{ username: reader.username }])
  const feed = await request('GET', '/posts/feed', { token })
  expect(v.parse(Titles, feed.json()).items).toMatchObject([{ title: post.title }])

  expect(await readPage(author.username, token)).toEqual({ titles: [post.title], favorites: 0, followed: 1 })

  const renamed = `${author.username}-now`
  expect((await request('PATCH', '/profile', { token: writing, body: { username: renamed } })).status).toBe(
    200,
  )
  const moved = await request('GET', `/profile/${author.username}/followers?limit=5`)
  expect([moved.status, moved.headers.location]).toEqual([308, `/profile/${renamed}/followers?limit=5`])
  const impostor = { ...newPerson(), username: author.username }
  expect((await request('POST', '/auth/register', { body: impostor })).status).toBe(409)

  const hide = { visibility: 'private' }
  expect((await request('PATCH', '/profile', { token: writing, body: hide })).status).toBe(200)
  for (const path of [renamed, author.username, `${renamed}/followers`]) {
    expect((await request('GET', `/profile/${path}`, { token })).status).toBe(404)
  }
  expect((await request('DELETE', `/profile/${renamed}/follow`, { token })).text).toBe('{"following":false}')
  expect((await request('PUT', `/profile/${renamed}/follow`, { token })).status).toBe(404)
})
