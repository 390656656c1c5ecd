import { defineFunction } from '../definition.ts'
import { readConfig, variables } from './config.ts'

export const auth = defineFunction({
  name: 'auth',
  description: 'Accounts, sessions and the key set.',
  variables,
  secrets: { PASSWORD_PEPPER: 'random', JWT_SIGNING_KEYS: 'private-keys', SMTP_URL: 'operator' },
  readConfig,
  loadCompose: async () => (await import('./assemble.ts')).assemble,
  loadOperations: async () => (await import('./openapi.ts')).operations,
  workers: ['password-worker'],
  files: ['common-passwords.txt', 'common-passwords.license.txt'],
  warmUp: [
    { path: '/auth/login', body: { email: 'a@example.test', password: 'a long walk' } },
    { path: '/auth/refresh', body: { refreshToken: 'A'.repeat(43) } },
  ],
})
