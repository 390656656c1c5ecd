import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { FollowPage } from '../follows/schemas.ts'
import { createTestApp, readJson, type TestAccount } from '../test-app.ts'
import { PublicProfile } from './schemas.ts'

const { app, owner, createAccount, patch, as } = await createTestApp()

let hidden: TestAccount
let friend: TestAccount
let stranger: TestAccount

beforeAll(async () => {
  hidden = await createAccount('hidden')
  friend = await createAccount('friend')
  stranger = await createAccount('stranger')
  await as(friend, 'PUT', `/profile/${hidden.username}/follow`)
  await as(hidden, 'PUT', `/profile/${friend.username}/follow`)
  expect((await patch(hidden, { displayName: 'Real Name', visibility: 'private' })).status).toBe(200)
})

test('its owner still reads it as their own', async () => {
  const own = await as(hidden, 'GET', '/profile')
  expect(await readJson(own)).toMatchObject({ displayName: 'Real Name', visibility: 'private' })
})

test.each(['', '/followers', '/following'])(
  '/profile/{private}%s is 404 to everyone, its owner too',
  async part => {
    const path = `/profile/${hidden.username}${part}`
    expect((await app.request(path)).status).toBe(404)
    expect((await as(friend, 'GET', path)).status).toBe(404)
    expect((await as(hidden, 'GET', path)).status).toBe(404)
  },
)

test('the response is that of a username which nobody has', async () => {
  const responseTo = async (name: string) => {
    const response = await app.request(`/profile/${name}`)
    const { instance, requestId, ...rest } = await readJson(response)
    const headers = [...response.headers].filter(([header]) => header !== 'x-request-id')
    return { status: response.status, headers, rest }
  }
  expect(await responseTo(hidden.username)).toEqual(await responseTo('nobody-has-this'))
})

test('strangers can neither follow it nor learn that it exists', async () => {
  const path = `/profile/${hidden.username}/follow`
  for (const method of ['PUT', 'DELETE', 'GET']) {
    expect((await as(stranger, method, path)).status).toBe(404)
  }
})

test('an existing follower can keep, read and end the follow', async () => {
  const path = `/profile/${hidden.username}/follow`
  expect(await (await as(friend, 'GET', path)).json()).toEqual({ following: true })
  expect((await as(friend, 'PUT', path)).status).toBe(200)
  const late = await createAccount('late')
  await patch(hidden, { visibility: 'public' })
  await as(late, 'PUT', path)
  await patch(hidden, { visibility: 'private' })
  expect(await (await as(late, 'DELETE', path)).json()).toEqual({ following: false })
  expect((await as(late, 'PUT', path)).status).toBe(404)
})

test('it is in no list of followers or following, but it is counted', async () => {
  for (const list of ['followers', 'following']) {
    const response = await app.request(`/profile/${friend.username}/${list}`)
    expect(v.parse(FollowPage, await response.json()).items).toEqual([])
  }
  const profile = v.parse(PublicProfile, await (await app.request(`/profile/${friend.username}`)).json())
  expect(profile).toMatchObject({ followersCount: 1, followingCount: 1 })
})

test('a page without its private accounts is shorter and still has a next page', async () => {
  const star = await createAccount('star')
  const shown = await createAccount('shown')
  await as(shown, 'PUT', `/profile/${star.username}/follow`)
  for (const name of ['shy1', 'shy2']) {
    const shy = await createAccount(name)
    await as(shy, 'PUT', `/profile/${star.username}/follow`)
    await patch(shy, { visibility: 'private' })
  }
  const path = `/profile/${star.username}/followers?limit=2`
  const first = v.parse(FollowPage, await (await app.request(path)).json())
  expect(first.items).toEqual([])
  const second = await app.request(`${path}&cursor=${first.nextCursor}`)
  expect(v.parse(FollowPage, await second.json()).items).toMatchObject([{ username: shown.username }])
})

test('a former username does not redirect to it', async () => {
  const account = await createAccount('wasknown')
  await patch(account, { username: `${account.username.slice(0, 20)}-now` })
  expect((await app.request(`/profile/${account.username}`)).status).toBe(308)
  await patch(account, { visibility: 'private' })
  expect((await app.request(`/profile/${account.username}`)).status).toBe(404)
})

test('as an author it has its username and no display name', async () => {
  expect(await owner.query(selectAuthor, [hidden.username])).toEqual([
    { username: hidden.username, display_name: null },
  ])
  const open = await createAccount('open')
  await patch(open, { displayName: 'Open' })
  expect(await owner.query(selectAuthor, [open.username])).toEqual([
    { username: open.username, display_name: 'Open' },
  ])
})

test('it is found again once it is public', async () => {
  const account = await createAccount('back')
  await patch(account, { visibility: 'private' })
  await patch(account, { visibility: 'public' })
  expect((await app.request(`/profile/${account.username}`)).status).toBe(200)
})

const selectAuthor = {
  name: 'select_author',
  text: `select username, display_name from profile.authors where username = $1::text`,
}
