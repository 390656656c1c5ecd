import { openFunctionParts, terms } from '../../../functions/shared/testing/function-parts.ts'
import { createTestClient, createTestClock } from '../../../functions/shared/testing/test-client.ts'
import { compose } from './compose.ts'
import { readConfig } from './config.ts'

export { readJson, terms } from '../../../functions/shared/testing/function-parts.ts'

/** The composed function on its own database and Redis, with accounts as auth creates them. */
export async function createTestApp() {
  const parts = await openFunctionParts('iod_sample')
  const { log, database, redis, tokens } = parts
  const clock = createTestClock()
  const config = readConfig({
    DATABASE_URL: parts.ownerUrl,
    REDIS_URL: 'redis://localhost',
    PUBLIC_URL: terms.issuer,
    JWKS: JSON.stringify({ keys: [tokens.jwk] }),
    TRUSTED_PROXY_HOPS: '1',
    K_REVISION: 'test',
  })
  const composition = await compose(config, log, { database, redis, cacheRedis: redis }, clock)
  return { app: createTestClient(composition), ...parts, clock }
}
