// `make test-images`.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')

export default defineConfig({
  root,
  test: {
    include: ['scripts/images/*.e2e.ts'],
    reporters: ['verbose', ['json', { outputFile: join(root, '.data', 'test-images-results.json') }]],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
