import { expect, test } from 'vitest'
import { apiClient, newPerson } from './account.ts'
import { request } from './api.ts'

test('an author registers, signs in, writes, edits and deletes a post, refreshes and signs out', async () => {
  const person = newPerson()
  const { username, email, password } = person
  const registered = await apiClient().register({ body: person })
  expect(registered.data.user).toMatchObject({ username, email })

  const api = apiClient()
  const { refreshToken } = (await api.logIn({ body: { email, password } })).data

  await api.changeOwnProfile({ body: { bio: 'Writes at night.' } })
  expect((await api.getOwnProfile()).data).toMatchObject({ username, bio: 'Writes at night.' })
  const reader = apiClient()
  expect(JSON.stringify(await reader.getProfile({ path: { username } }))).not.toContain(email)

  const created = await api.createPost({ body: { title: 'From end to end', body: 'It *works*.' } })
  const { slug } = created.data
  const path = { slug }
  expect(created.headers.get('location')).toMatch(new RegExp(`/posts/${slug}$`))

  const listed = []
  for await (const post of reader.pages('listPosts', { query: { author: username } })) listed.push(post)
  expect(listed).toMatchObject([{ slug, title: 'From end to end' }])

  const { data, etag = '' } = await reader.getPost({ path })
  expect(data).toMatchObject({ title: 'From end to end', body: 'It *works*.' })
  expect((await request('GET', `/posts/${slug}`, { headers: { 'if-none-match': etag } })).status).toBe(304)

  const read = { path, headers: { 'If-Match': etag } }
  const edited = await api.changePost({ ...read, body: { title: 'From end to other end' } })
  await expect(api.deletePost(read)).rejects.toMatchObject({ status: 412, code: 'precondition_failed' })
  await api.deletePost({ path, headers: { 'If-Match': edited.etag ?? '' } })
  await expect(reader.getPost({ path })).rejects.toMatchObject({ code: 'not_found' })

  const next = await api.refresh({ body: { refreshToken } })
  expect(next.data).toMatchObject({ tokenType: 'Bearer', expiresIn: expect.any(Number) })
  expect((await api.getOwnProfile()).status).toBe(200)

  await api.logOut({ body: { refreshToken: next.data.refreshToken } })
  const afterwards = apiClient().refresh({ body: { refreshToken: next.data.refreshToken } })
  await expect(afterwards).rejects.toMatchObject({ status: 401, code: 'invalid_refresh_token' })
})
