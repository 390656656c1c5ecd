// What a call sends, and what it does with an answer that is not the API's.
import { afterEach, expect, test, vi } from 'vitest'
import { createTestBackend } from '../whole-system-tests/test-backend.ts'
import { createClient } from './index.ts'

const { baseUrl } = await createTestBackend()
const password = 'a long walk by the sea'
const article = { title: 'Hello', body: 'A *first* post.' }

type Reply = (name: string, send: () => Promise<Response>) => Promise<Response>

/** An account whose requests, from now on, a test may answer in the server's place. */
async function signedIn(username: string) {
  const sent: { readonly name: string; readonly key: string | null }[] = []
  let reply: Reply = (_, send) => send()
  const api = createClient({
    baseUrl,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const name = `${request.method} ${new URL(request.url).pathname}`
      sent.push({ name, key: request.headers.get('idempotency-key') })
      return reply(name, () => fetch(request))
    },
  })
  await api.register({ body: { email: `${username}@example.com`, username, password } })
  sent.length = 0
  const answer = (next: Reply) => {
    reply = next
  }
  return { api, sent, answer }
}

const lost = () => Promise.reject(new TypeError('connection lost'))
const respond = (status: number, contentType: string, body: string) =>
  Promise.resolve(new Response(body, { status, headers: { 'content-type': contentType } }))

afterEach(() => {
  vi.unstubAllGlobals()
})

test('a create keeps its key when its token expires between two attempts, and is done once', async () => {
  const { api, sent, answer } = await signedIn('ada')
  answer(async (name, send) => {
    const attempt = sent.filter(one => one.name === name).length
    if (name !== 'POST /posts' || attempt > 2) return send()
    if (attempt === 1) return send().then(lost)
    const problem = JSON.stringify({ code: 'invalid_token', requestId: 'a' })
    return respond(401, 'application/problem+json', problem)
  })
  await api.createPost({ body: article })
  const keys = sent.filter(({ name }) => name === 'POST /posts').map(({ key }) => key)
  expect([keys.length, new Set(keys).size]).toEqual([3, 1])
  expect((await api.listPosts({ query: { author: 'ada' } })).data.items).toHaveLength(1)
})

test('a page without HTTPS, where `crypto.randomUUID` is missing, creates too', async () => {
  const { api, sent, answer } = await signedIn('bob')
  answer(() => respond(201, 'application/json', '{}'))
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  await api.createPost({ body: article })
  await api.createPost({ body: article })
  const keys = sent.map(({ key }) => key)
  expect(keys).toEqual([1, 2].map(() => expect.stringMatching(/^[\x21-\x7e]{20,200}$/)))
  expect(new Set(keys).size).toBe(2)
})

test('a new password is not sent twice: the second time, the current one would be wrong', async () => {
  const { api, sent, answer } = await signedIn('eve')
  answer((_, send) => send().then(lost))
  const newPassword = 'a short walk by the lake'
  await expect(api.changePassword({ body: { currentPassword: password, newPassword } })).rejects.toThrow(
    'connection lost',
  )
  expect(sent).toHaveLength(1)
})

test.each(['', '.', '..'])('nothing is asked for the name “%s”, which a URL leaves out', async id => {
  const { api, sent } = await signedIn(`max${id.length}`)
  await expect(api.endSession({ path: { id } })).rejects.toMatchObject({ status: 404, code: 'not_found' })
  await expect(api.getProfile({ path: { username: id } })).rejects.toMatchObject({ code: 'not_found' })
  expect(sent).toEqual([])
})

test('a page in place of a representation is no success', async () => {
  const { api, answer } = await signedIn('mia')
  answer(() => respond(200, 'text/html', '<!doctype html>'))
  const problem = { status: 200, code: 'no_problem' }
  await expect(api.getPost({ path: { slug: 'hello' } })).rejects.toMatchObject(problem)
  await expect(api.pages('listPosts').next()).rejects.toMatchObject(problem)
})

test('a feed is text', async () => {
  const { api } = await signedIn('kim')
  expect((await api.getAtomFeed()).data).toContain('<feed')
})
