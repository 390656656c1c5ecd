import { environmentOf } from '../environment-of.ts'
import { openFunctionParts, type TestAccount, terms } from '../shared/testing/function-parts.ts'
import { createTestClient, createTestClock } from '../shared/testing/test-client.ts'
import { unreachableTarget } from '../unreachable-target.ts'
import { compose } from './compose.ts'
import { readConfig } from './config.ts'
import { profile } from './function.ts'

export { readJson, type TestAccount, terms } from '../shared/testing/function-parts.ts'

/**
 * The composed function on its own database and Redis, with accounts as auth creates them. Its caches age by `clock`
 * alone: a test advances it after it has changed rows by SQL.
 */
export async function createTestApp({ accountLimits = false } = {}) {
  const parts = await openFunctionParts('iod_profile')
  const { log, database, redis, tokens } = parts
  const clock = createTestClock()
  const config = readConfig(
    environmentOf(profile, {
      ...unreachableTarget,
      settings: {
        PUBLIC_URL: terms.issuer,
        ACCOUNT_LIMITS: accountLimits ? 'on' : 'off',
        TRUSTED_PROXY_HOPS: '1',
        K_REVISION: 'test',
      },
      publicKeys: JSON.stringify({ keys: [tokens.jwk] }),
    }),
  )
  const composition = await compose(config, log, { database, redis, cacheRedis: redis }, clock)
  const app = createTestClient(composition)

  const patch = async (account: TestAccount, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    app.request('/profile', {
      method: 'PATCH',
      headers: { ...account.authorization, 'content-type': 'application/merge-patch+json', ...headers },
      body: JSON.stringify(body),
    })

  const as = async (account: TestAccount, method: string, path: string) =>
    app.request(path, { method, headers: account.authorization })

  return { app, ...parts, clock, patch, as }
}
