import { defineFunction } from '../definition.ts'
import { cacheEntries, countLimits, invalidateTags, readRevocations } from '../shared/redis/access.ts'
import { readConfig, variables } from './config.ts'
import { limits } from './limits.ts'

export const profile = defineFunction({
  name: 'profile',
  description: 'Own and public profiles.',
  variables,
  secrets: { CURSOR_SECRET: 'random', JWKS: 'public-keys' },
  redisAccess: [
    countLimits(Object.keys(limits)),
    cacheEntries('profile', ['profile:*']),
    invalidateTags(['accounts']),
    readRevocations,
  ],
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).compose,
  loadOperations: async () => (await import('./operations.ts')).operations,
  loadSchemas: async () => (await import('./operations.ts')).namedSchemas,
  loadExamples: async () => (await import('./examples.ts')).examples,
  publicOperations: ['getProfile', 'listFollowers', 'listFollowing'],
  maxBundleBytes: 460_000,
  warmUp: [{ path: '/profile/somebody' }],
})
