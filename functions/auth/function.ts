import { defineFunction } from '../definition.ts'
import { allow, announceRevocations, countLimits, invalidateTags } from '../shared/redis/access.ts'
import { readConfig, variables } from './config.ts'
import { limitNames } from './limits.ts'

export const auth = defineFunction({
  name: 'auth',
  description: 'Accounts, sessions and the key set.',
  variables,
  secrets: { PASSWORD_PEPPER: 'random', JWT_SIGNING_KEYS: 'private-keys', SMTP_URL: 'operator' },
  redisAccess: [
    countLimits(limitNames),
    // Reads the attempts and clears them; the script that records one, and the commands it runs.
    allow(['~iod:attempts:*'], ['hmget', 'time', 'del', 'eval', 'hset', 'expire']),
    announceRevocations,
    // The other functions stop showing a deleted account.
    invalidateTags(['accounts', 'profile:*']),
  ],
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).compose,
  loadOperations: async () => (await import('./operations.ts')).operations,
  loadSchemas: async () => (await import('./operations.ts')).namedSchemas,
  loadExamples: async () => (await import('./examples.ts')).examples,
  publicOperations: [
    ...['register', 'logIn', 'refresh', 'logOut'],
    ...['requestPasswordReset', 'resetPassword', 'confirmEmail', 'getKeySet'],
  ],
  workers: ['passwords/password-worker'],
  files: ['passwords/common-passwords.txt', 'passwords/common-passwords.license.txt'],
  maxBundleBytes: 760_000,
  warmUp: [
    { path: '/auth/login', body: { email: 'a@example.test', password: 'a long walk' } },
    { path: '/auth/refresh', body: { refreshToken: 'A'.repeat(43) } },
  ],
})
