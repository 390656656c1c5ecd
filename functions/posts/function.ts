import { defineFunction } from '../definition.ts'
import { cacheEntries, countLimits, readRevocations } from '../shared/redis/access.ts'
import { readConfig, variables } from './config.ts'
import { limits } from './limits.ts'

export const posts = defineFunction({
  name: 'posts',
  otherPaths: ['/docs'],
  description: 'Posts and what readers do with them.',
  variables,
  secrets: { CURSOR_SECRET: 'random', JWKS: 'public-keys' },
  redisAccess: [
    countLimits(Object.keys(limits)),
    cacheEntries('posts', ['posts', 'post:*', 'accounts']),
    readRevocations,
  ],
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).compose,
  loadOperations: async () => (await import('./operations.ts')).operations,
  loadSchemas: async () => (await import('./operations.ts')).namedSchemas,
  loadExamples: async () => (await import('./examples.ts')).examples,
  publicOperations: ['listComments', 'getAtomFeed', 'getSitemap'],
  workers: ['render-worker'],
  maxBundleBytes: 910_000,
  warmUp: [{ path: '/posts/a-post' }, { path: '/posts' }],
})
