import * as v from 'valibot'
import { expect, test } from 'vitest'
import { newPerson, register, Session, Tokens } from './account.ts'
import { request } from './api.ts'

const Profile = v.object({
  username: v.string(),
  displayName: v.nullable(v.string()),
  bio: v.nullable(v.string()),
})
const Post = v.object({ slug: v.string(), title: v.string(), body: v.string(), html: v.string() })
const List = v.object({ items: v.array(v.object({ slug: v.string(), title: v.string() })) })

test('an author registers, signs in, writes, edits and deletes a post, refreshes and signs out', async () => {
  const person = newPerson()
  const { user } = await register(person)
  expect(user).toMatchObject({ username: person.username, email: person.email })

  const signIn = await request('POST', '/auth/login', {
    body: { email: person.email, password: person.password },
  })
  expect(signIn.status, signIn.text).toBe(200)
  const { accessToken: token, refreshToken } = v.parse(Session, signIn.json())

  const profile = await request('PATCH', '/profile', { token, body: { bio: 'Writes at night.' } })
  expect(profile.status, profile.text).toBe(200)
  const own = await request('GET', '/profile', { token })
  expect(v.parse(Profile, own.json())).toMatchObject({ username: person.username, bio: 'Writes at night.' })
  const seenByOthers = await request('GET', `/profile/${person.username}`)
  expect(seenByOthers.status).toBe(200)
  expect(seenByOthers.text).not.toContain(person.email)

  const created = await request('POST', '/posts', {
    token,
    body: { title: 'From end to end', body: 'It *works*.' },
  })
  expect(created.status, created.text).toBe(201)
  const post = v.parse(Post, created.json())
  const address = `/posts/${post.slug}`
  expect(created.headers.location).toMatch(new RegExp(`${address}$`))

  const list = await request('GET', `/posts?author=${person.username}`)
  expect(v.parse(List, list.json()).items).toMatchObject([{ slug: post.slug, title: 'From end to end' }])

  const read = await request('GET', address)
  expect(read.status).toBe(200)
  expect(v.parse(Post, read.json())).toMatchObject({ title: 'From end to end', body: 'It *works*.' })
  const etag = read.headers.etag ?? ''
  expect((await request('GET', address, { headers: { 'if-none-match': etag } })).status).toBe(304)

  const edited = await request('PATCH', address, {
    token,
    headers: { 'if-match': etag },
    body: { title: 'From end to other end' },
  })
  expect(edited.status, edited.text).toBe(200)
  const stale = await request('DELETE', address, { token, headers: { 'if-match': etag } })
  expect(stale.status).toBe(412)
  const deleted = await request('DELETE', address, {
    token,
    headers: { 'if-match': edited.headers.etag ?? '' },
  })
  expect(deleted.status, deleted.text).toBe(204)
  expect((await request('GET', address)).status).toBe(404)

  const refreshed = await request('POST', '/auth/refresh', { body: { refreshToken } })
  expect(refreshed.status, refreshed.text).toBe(200)
  const next = v.parse(Tokens, refreshed.json())
  expect((await request('GET', '/profile', { token: next.accessToken })).status).toBe(200)

  const signOut = await request('POST', '/auth/logout', { body: { refreshToken: next.refreshToken } })
  expect(signOut.status).toBe(204)
  const afterwards = await request('POST', '/auth/refresh', { body: { refreshToken: next.refreshToken } })
  expect(afterwards.status).toBe(401)
})
