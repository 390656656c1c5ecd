import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..', '..')

/** Tests on as many rows as a large blog has: a minute or two to make them, so they have a target of their own. */
export default defineConfig({
  root,
  test: {
    include: ['functions/**/*.data.ts'],
    globalSetup: ['scripts/testing/test-services.ts'],
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-data-results.json') }]],
    pool: 'threads',
    testTimeout: 60_000,
  },
})
