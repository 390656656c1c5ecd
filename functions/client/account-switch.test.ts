// A renewal or a refused call of one account is under way when somebody signs out, or signs in to another account.
import { expect, test } from 'vitest'
import { createTestBackend } from '../whole-system-tests/test-backend.ts'
import { createClient, memoryTokens, type SessionTokens } from './index.ts'

const { baseUrl } = await createTestBackend()
const password = 'a long walk by the sea'

/** Holds back the answer to the next request to `path`, until `release` is called. */
function createHold() {
  let held:
    | { readonly path: string; readonly arrived: () => void; readonly released: Promise<void> }
    | undefined
  const holdingFetch: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (held === undefined || !String(input).endsWith(held.path)) return response
    const { arrived, released } = held
    held = undefined
    arrived()
    await released
    return response
  }
  return {
    fetch: holdingFetch,
    next(path: string) {
      const { promise: arrival, resolve: arrived } = Promise.withResolvers<void>()
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      held = { path, arrived, released }
      return { arrival, release }
    },
  }
}

type Api = ReturnType<typeof createClient>
type Tokens = ReturnType<typeof memoryTokens>

let accounts = 0
async function switchable() {
  const tokens = memoryTokens()
  const hold = createHold()
  const api = createClient({ baseUrl, tokens, fetch: hold.fetch, retries: 0 })
  accounts += 1
  const [first, second] = [`first-${accounts}`, `second-${accounts}`]
  for (const username of [second, first])
    await api.register({ body: { email: `${username}@example.com`, username, password } })
  const signIn = (username: string) => api.logIn({ body: { email: `${username}@example.com`, password } })
  const { refreshToken = '' } = tokens.get() ?? {}
  const expire = () => {
    const current = tokens.get()
    if (current !== undefined) tokens.set({ ...current, expiresAtMs: 0 })
  }
  return { api, tokens, hold, first, second, signIn, expire, refreshToken }
}

test('a renewal that ends after another sign-in does not replace its tokens', async () => {
  const { api, hold, first, second, signIn, expire } = await switchable()
  expire()
  const { arrival, release } = hold.next('/auth/refresh')
  const call = api.getOwnProfile()
  await arrival
  await signIn(second)
  expect((await api.getOwnProfile()).data.username).toBe(second)
  release()
  expect((await call).data.username).toBe(first)
  expect((await api.getOwnProfile()).data.username).toBe(second)
})

test('nor does one that is refused end the new session', async () => {
  const { api, tokens, hold, second, signIn, expire, refreshToken } = await switchable()
  const elsewhere = createClient({ baseUrl })
  await elsewhere.logOut({ body: { refreshToken } })
  expire()
  const { arrival, release } = hold.next('/auth/refresh')
  const call = api.getOwnProfile()
  await arrival
  await signIn(second)
  release()
  await expect(call).rejects.toMatchObject({ status: 401 })
  expect(tokens.get()).toBeDefined()
})

test('a renewal that ends after a sign-out does not sign in again', async () => {
  const { api, tokens, hold, expire, refreshToken } = await switchable()
  expire()
  const { arrival, release } = hold.next('/auth/refresh')
  const call = api.getOwnProfile()
  await arrival
  await api.logOut({ body: { refreshToken } })
  release()
  // The other functions learn within seconds that its session has ended.
  await call.catch(() => undefined)
  expect(tokens.get()).toBeUndefined()
})

test.each([
  ['here', (api: Api) => api],
  ['in another tab', (_: Api, tokens: Tokens) => createClient({ baseUrl, tokens })],
])('a call that is refused after a switch %s is not sent again for the other account', async (_, tabOf) => {
  const { api, tokens, hold, second } = await switchable()
  const current = tokens.get()
  if (current === undefined) throw new Error('not signed in')
  tokens.set({ ...current, accessToken: 'a.b.c' })
  const { arrival, release } = hold.next('/posts')
  const call = api.createPost({ body: { title: 'Of the first', body: 'A draft.' } })
  await arrival
  await tabOf(api, tokens).logIn({ body: { email: `${second}@example.com`, password } })
  release()
  await expect(call).rejects.toMatchObject({ code: 'invalid_token' })
  expect((await api.listPosts({ query: { author: second } })).data.items).toEqual([])
})

test('but for the same account it is, when another tab has renewed the token', async () => {
  const { api, tokens, hold, first } = await switchable()
  const otherTab = createClient({ baseUrl, tokens })
  const current = tokens.get()
  if (current === undefined) throw new Error('not signed in')
  tokens.set({ ...current, accessToken: 'a.b.c', expiresAtMs: Date.now() + 20_000 })
  const { arrival, release } = hold.next('/profile')
  const call = api.getOwnProfile()
  await arrival
  tokens.set({ ...current, accessToken: 'a.b.c', expiresAtMs: 0 })
  await otherTab.getOwnProfile()
  release()
  expect((await call).data.username).toBe(first)
})

test('a sign-out holds while a slow store is asked which tokens a renewal replaces', async () => {
  let stored: SessionTokens | undefined
  let asked: (() => void) | undefined
  let answered = Promise.resolve()
  const api = createClient({
    baseUrl,
    tokens: {
      async get() {
        const found = stored
        asked?.()
        await answered
        return found
      },
      set: tokens => {
        stored = tokens
      },
    },
  })
  const { data } = await api.register({ body: { email: 'slow@example.com', username: 'slow', password } })
  if (stored === undefined) throw new Error('not signed in')
  stored = { ...stored, expiresAtMs: 0 }
  const { promise: replacing, resolve } = Promise.withResolvers<void>()
  const { promise: answer, resolve: release } = Promise.withResolvers<void>()
  let times = 0
  asked = () => {
    times += 1
    // First for the call, then for what the renewal replaces.
    if (times < 2) return
    answered = answer
    resolve()
  }
  const call = api.getOwnProfile()
  await replacing
  await api.logOut({ body: { refreshToken: data.refreshToken } })
  release()
  await call.catch(() => undefined)
  expect(stored).toBeUndefined()
})
