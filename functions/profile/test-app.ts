import { randomBytes } from 'node:crypto'
import { createVerifyAccessToken } from '../shared/access-token.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { createCache } from '../shared/redis/cache.ts'
import { holdToContract } from '../shared/testing/contract.ts'
import { openFunctionParts, type TestAccount, terms } from '../shared/testing/function-parts.ts'
import { trustedProxies } from '../shared/testing/trusted-proxies.ts'
import { createApp } from './app.ts'
import { createFollows } from './domain/follows.ts'
import { createProfiles } from './domain/profiles.ts'
import { createPublicProfiles } from './domain/public-profiles.ts'
import { createFollowStore } from './store/follows.ts'
import { createProfileStore } from './store/profiles.ts'

export { readJson, type TestAccount, terms } from '../shared/testing/function-parts.ts'

/** The profile function on a database and a Redis of its own, and accounts as auth would have made them. */
export async function createTestApp({ accountLimits = false } = {}) {
  const parts = await openFunctionParts('iod_profile')
  const { log, database, redis, tokens, revocations } = parts
  const publicProfiles = createPublicProfiles(createCache({ redis }))
  const profiles = createProfiles({
    publicProfiles,
    store: createProfileStore(database),
    usernameHoldDays: 90,
  })
  const app = holdToContract(
    createApp({
      config: {
        corsOrigins: [],
        publicUrl: terms.issuer,
        version: 'test',
        trustedProxies: trustedProxies(1),
        accountLimits,
      },
      log,
      profiles,
      follows: createFollows({ store: createFollowStore(database), publicProfiles, profiles }),
      cursors: createCursors(randomBytes(32)),
      verifyAccessToken: createVerifyAccessToken(terms, tokens.keySet, revocations),
      connections: { database, redis, cacheRedis: redis },
    }),
  )

  const patch = (account: TestAccount, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    app.request('/profile', {
      method: 'PATCH',
      headers: { ...account.authorization, 'content-type': 'application/merge-patch+json', ...headers },
      body: JSON.stringify(body),
    })

  const as = (account: TestAccount, method: string, path: string) =>
    app.request(path, { method, headers: account.authorization })

  return { app, ...parts, patch, as }
}
