import { readFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import * as v from 'valibot'
import { expect } from 'vitest'
import { createTestTokens } from '../../scripts/secrets/access-tokens.ts'
import type { Actor } from '../shared/access-token.ts'
import { AccountIdSchema, SessionIdSchema } from '../shared/ids.ts'
import { PrivateJwk } from '../shared/key-set.ts'
import { attackProtectedRoutes } from '../shared/testing/security-battery.ts'
import { operations } from './operations.ts'
import { createTestApp } from './test-app.ts'

const { app, config, keysFile, call, register } = await createTestApp({ log: () => undefined })
const KeyFile = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.tuple([PrivateJwk]) }))
const { keys } = v.parse(KeyFile, readFileSync(keysFile, 'utf8'))
const tokens = createTestTokens(config.accessToken, keys[0])

const Claims = v.object({ sub: AccountIdSchema, sid: SessionIdSchema })
function actorOf(accessToken: string): Actor {
  const { sub, sid } = v.parse(Claims, decodeJwt(accessToken))
  return { accountId: sub, sessionId: sid, role: 'user' }
}

const actors = new Map<string, Actor>()
async function createActor(): Promise<Actor> {
  const actor = actorOf((await register()).accessToken)
  actors.set(actor.sessionId, actor)
  return actor
}
const suspension = async () => `/auth/accounts/${(await register()).user.username}/suspension`

attackProtectedRoutes({
  app,
  operations,
  terms: config.accessToken,
  tokens,
  createActor,
  async revoke(session) {
    const actor = actors.get(session)
    if (actor === undefined) throw new Error('a session of nobody')
    const response = await call('DELETE', '/auth/sessions', { token: await tokens.sign(actor) })
    expect(response.status).toBe(204)
  },
  foreign: {
    endSession: async () => ({ path: `/auth/sessions/${(await createActor()).sessionId}`, status: 404 }),
    suspendAccount: async () => ({ path: await suspension(), body: { reason: 'envy' }, status: 403 }),
    restoreAccount: async () => ({ path: await suspension(), status: 403 }),
    setRole: async () => ({
      path: `/auth/accounts/${(await register()).user.username}/role`,
      body: { role: 'admin' },
      status: 403,
    }),
  },
})
