import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..', '..')

/** The pages of `make dev` in Chromium. */
export default defineConfig({
  root,
  test: {
    include: ['scripts/pages/**/*.e2e.ts'],
    globalSetup: ['scripts/pages/find-chromium.ts'],
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-pages-results.json') }]],
    pool: 'threads',
    maxWorkers: 1,
    // The default of 1 s is missed on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 120_000,
    hookTimeout: 90_000,
  },
})
