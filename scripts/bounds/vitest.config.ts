import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..', '..')

/** What the largest allowed inputs cost, and two requests at the worst moment: too slow for every `make test`. */
export default defineConfig({
  root,
  test: {
    include: ['functions/**/*.bounds.ts', 'functions/**/*.races.ts'],
    globalSetup: ['scripts/testing/test-services.ts'],
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-bounds-results.json') }]],
    pool: 'threads',
    // One file at a time: a neighbour's work would be measured as this one's cost.
    maxWorkers: 1,
    passWithNoTests: true,
    // The default of 1 s is missed on a busy machine.
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
})
