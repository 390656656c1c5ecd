import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..', '..')

/** The documents as a newcomer follows them, in a fresh clone with its own packages, and `make function` in a copy. */
export default defineConfig({
  root,
  test: {
    include: ['scripts/documents/*.e2e.ts', 'scripts/new-function/*.e2e.ts'],
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-documents-results.json') }]],
    testTimeout: 60_000,
    hookTimeout: 600_000,
  },
})
