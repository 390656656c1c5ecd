import { defineFunction } from '../definition.ts'
import { readConfig, variables } from './config.ts'

export const auth = defineFunction({
  name: 'auth',
  description: 'Accounts, sessions and the key set.',
  variables,
  secrets: { PASSWORD_PEPPER: 'random', JWT_SIGNING_KEYS: 'private-keys', SMTP_URL: 'operator' },
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).assemble,
  loadOperations: async () => (await import('./openapi.ts')).operations,
  workers: ['passwords/password-worker'],
  files: ['passwords/common-passwords.txt', 'passwords/common-passwords.license.txt'],
  maxBundleBytes: 760_000,
  warmUp: [
    { path: '/auth/login', body: { email: 'a@example.test', password: 'a long walk' } },
    { path: '/auth/refresh', body: { refreshToken: 'A'.repeat(43) } },
  ],
})
