import { defineFunction } from '../../../functions/definition.ts'
import { readRevocations } from '../../../functions/shared/redis/access.ts'
import { readConfig, variables } from './config.ts'

export const sample = defineFunction({
  name: 'sample',
  description: 'What sample is for.',
  variables,
  secrets: { JWKS: 'public-keys' },
  redisAccess: [readRevocations],
  readConfig,
  loadCompose: async () => (await import('./compose.ts')).compose,
  loadOperations: async () => (await import('./operations.ts')).operations,
  loadSchemas: async () => (await import('./operations.ts')).namedSchemas,
  loadExamples: async () => (await import('./operations.ts')).examples,
  publicOperations: ['listSampleItems'],
  maxBundleBytes: 460_000,
  warmUp: [{ path: '/sample/items' }],
})
