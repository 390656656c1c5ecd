import { hkdfSync } from 'node:crypto'
import { openConnections } from '../shared/connections.ts'
import type { Assembly } from '../shared/http/serve.ts'
import { readSigningKeys, watchKeySet } from '../shared/key-set.ts'
import type { Log } from '../shared/log.ts'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createAuth } from './domain.ts'
import { createPasswordHasher } from './password-hasher.ts'
import { createStore } from './store.ts'
import { createSignAccessToken } from './tokens.ts'

/** Where the worker's code is: beside the bundle in an image, beside this file when run from source. */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? 'password-worker.ts' : 'password-worker.cjs',
  import.meta.url,
)

export async function assemble(config: Config, log: Log): Promise<Assembly> {
  const connections = await openConnections(config, log)
  const passwords = createPasswordHasher({
    pepper: config.passwordPepper,
    cost: config.passwordCost,
    workerFile,
  })
  const auth = createAuth({
    store: createStore(connections.database),
    passwords,
    signAccessToken: createSignAccessToken(config.accessToken, readSigningKeys(config.signingKeysFile)),
    successorKey: Buffer.from(hkdfSync('sha256', config.passwordPepper, '', 'refresh-token-successor', 32)),
  })
  return {
    app: createApp({ config, log, auth, keySet: watchKeySet(config.signingKeysFile), connections }),
    closeRedis: connections.redis.close,
    closePostgres: async () => {
      await passwords.close()
      await connections.database.close()
    },
  }
}
