import { expect, test } from 'vitest'
import { createTestBackend } from '../whole-system-tests/test-backend.ts'
import { createClient } from './index.ts'

const { baseUrl } = await createTestBackend()

test('a representation that other calls displace while it is asked for is still there', async () => {
  const author = createClient({ baseUrl })
  const username = 'displaced'
  const email = `${username}@example.com`
  await author.register({ body: { email, username, password: 'a long walk by the sea' } })
  const { data } = await author.createPost({ body: { title: 'Hello', body: 'A post.' } })
  let isDisplacing = false
  const anyone = createClient({
    baseUrl,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if (isDisplacing && response.status === 304) {
        isDisplacing = false
        for (let limit = 1; limit <= 100; limit += 1) await anyone.listPosts({ query: { limit } })
      }
      return response
    },
  })
  const first = await anyone.getPost({ path: { slug: data.slug } })
  isDisplacing = true
  const second = await anyone.getPost({ path: { slug: data.slug } })
  expect(isDisplacing).toBe(false)
  expect(second.data).toEqual(first.data)
})
