import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..')

export default defineConfig({
  root,
  test: {
    include: ['functions/**/*.test.ts', 'scripts/**/*.test.ts'],
    // They run in the function that `make function` makes of them.
    exclude: ['scripts/new-function/template/**'],
    // Each response of the functions' apps is compared with docs/openapi.json: see functions/shared/testing/contract.ts.
    env: { HOLD_TO_CONTRACT: 'yes' },
    globalSetup: ['scripts/test-services.ts'],
    // One line per result for a person, the same as JSON for scripts.
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-results.json') }]],
    pool: 'threads',
    // Files wait for Postgres, Redis and timers for much of their time: three at once keep two cores busy.
    maxWorkers: 3,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
})
