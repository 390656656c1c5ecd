import { defineFunction } from '../definition.ts'
import { readConfig, variables } from './config.ts'

export const profile = defineFunction({
  name: 'profile',
  description: 'Own and public profiles.',
  variables,
  secrets: { CURSOR_SECRET: 'random', JWKS: 'public-keys' },
  readConfig,
  loadCompose: async () => (await import('./assemble.ts')).assemble,
  loadOperations: async () => (await import('./openapi.ts')).operations,
  maxBundleBytes: 460_000,
  warmUp: [{ path: '/profile/somebody' }],
})
