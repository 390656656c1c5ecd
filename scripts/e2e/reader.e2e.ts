import { expect, test, vi } from 'vitest'
import type { Client } from '../../functions/client/index.ts'
import { apiClient, newPerson, register } from './account.ts'
import { request } from './api.ts'

/** Reads a page of posts as a client shows it, in three requests. */
async function readPage(api: Client, author: string) {
  const { items } = (await api.listPosts({ query: { author } })).data
  const slugs = items.map(item => item.slug).join()
  const usernames = [...new Set(items.map(item => item.author?.username))].join()
  const [favorites, followed] = await Promise.all([
    api.listFavoritesAmong({ query: { slugs } }),
    api.listFollowedAmong({ query: { usernames } }),
  ])
  return {
    titles: items.map(item => item.title),
    favorites: favorites.data.slugs.length,
    followed: followed.data.usernames.length,
  }
}

test('a reader follows an author through a change of name, until the author is private', async () => {
  const [{ api: author, username }, { api: reader, ...follower }] = await Promise.all([
    register(),
    register(),
  ])
  const path = { username }
  const countsOf = async (path: { username: string }) => (await reader.getProfile({ path })).data

  expect((await reader.followProfile({ path })).data).toEqual({ following: true })
  const post = { title: 'For followers', body: 'Hello.' }
  await author.createPost({ body: post })
  await vi.waitFor(
    async () =>
      expect(await countsOf(path)).toMatchObject({ postsCount: 1, followersCount: 1, followingCount: 0 }),
    10_000,
  )
  expect(await countsOf(follower)).toMatchObject({ followingCount: 1 })
  expect((await reader.listFollowers({ path })).data.items).toMatchObject([{ username: follower.username }])
  expect((await reader.getFeed()).data.items).toMatchObject([{ title: post.title }])

  expect(await readPage(reader, username)).toEqual({ titles: [post.title], favorites: 0, followed: 1 })

  const renamed = { username: `${username}-now` }
  await author.changeOwnProfile({ body: renamed })
  const moved = await request('GET', `/profile/${username}/followers?limit=5`)
  expect([moved.status, moved.headers.location]).toEqual([
    308,
    `/profile/${renamed.username}/followers?limit=5`,
  ])
  const impostor = apiClient().register({ body: { ...newPerson(), username } })
  await expect(impostor).rejects.toMatchObject({ status: 409 })

  await author.changeOwnProfile({ body: { visibility: 'private' } })
  const notFound = { code: 'not_found' }
  for (const one of [renamed, path])
    await expect(reader.getProfile({ path: one })).rejects.toMatchObject(notFound)
  await expect(reader.listFollowers({ path: renamed })).rejects.toMatchObject(notFound)
  expect((await reader.unfollowProfile({ path: renamed })).data).toEqual({ following: false })
  await expect(reader.followProfile({ path: renamed })).rejects.toMatchObject(notFound)
})
