import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTestTokens } from '../../scripts/secrets/access-tokens.ts'
import { type Actor, accessTokenLifetimeSeconds, createVerifyAccessToken } from './access-token.ts'
import { AccountIdSchema, SessionIdSchema } from './ids.ts'
import type { PublicJwk } from './key-set.ts'

const terms = { issuer: 'https://api.test', audience: 'https://api.test' }
const actor: Actor = {
  accountId: v.parse(AccountIdSchema, randomUUID()),
  sessionId: v.parse(SessionIdSchema, randomUUID()),
  role: 'user',
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

async function setUp() {
  const tokens = await createTestTokens(terms)
  const state: { keys: readonly PublicJwk[]; isRevoked: boolean } = { keys: [tokens.jwk], isRevoked: false }
  const find = (kid: string) => state.keys.find(key => key.kid === kid)
  const revocations = { isRevoked: async () => state.isRevoked }
  const verify = createVerifyAccessToken(terms, { find, all: () => state.keys }, revocations)
  const token = await tokens.sign(actor)
  expect(await verify(token)).toMatchObject(actor)
  expect(await verify(token)).toMatchObject(actor)
  return { tokens, state, verify, token }
}

it('refuses a token that was valid before, once its time is over', async () => {
  const { verify, token } = await setUp()
  vi.setSystemTime(Date.now() + accessTokenLifetimeSeconds * 1_000)
  expect(await verify(token)).toMatchObject(actor)
  vi.setSystemTime(Date.now() + 6_000)
  expect(await verify(token)).toBeUndefined()
})

it('refuses a token that was valid before, once its key is retired or another has its name', async () => {
  const { tokens, state, verify, token } = await setUp()
  state.keys = []
  expect(await verify(token)).toBeUndefined()
  state.keys = [tokens.jwk]
  expect(await verify(token)).toMatchObject(actor)
  state.keys = [{ ...(await createTestTokens(terms)).jwk, kid: tokens.jwk.kid }]
  expect(await verify(token)).toBeUndefined()
})

it('refuses a token that was valid before, once its session has ended', async () => {
  const { state, verify, token } = await setUp()
  state.isRevoked = true
  expect(await verify(token)).toBeUndefined()
})
