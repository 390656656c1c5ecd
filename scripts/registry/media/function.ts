import { defineFunction } from '../../../functions/definition.ts'
import { readRevocations } from '../../../functions/shared/redis/access.ts'
import { readConfig, variables } from './config.ts'

export const media = defineFunction({
  name: 'media',
  description: 'Images of posts.',
  variables,
  secrets: { JWKS: 'public-keys', MEDIA_URL_SECRET: 'random' },
  redisAccess: [readRevocations],
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).compose,
  loadOperations: async () => (await import('./operations.ts')).operations,
  loadSchemas: async () => (await import('./operations.ts')).namedSchemas,
  maxBundleBytes: 460_000,
  warmUp: [{ path: '/media/formats' }],
})
