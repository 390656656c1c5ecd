import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '..', '..')

/** The commands of scripts/ as processes, against a scripted kubectl: half of the time of all tests that need no cluster. */
export default defineConfig({
  root,
  test: {
    include: ['scripts/**/*.commands.ts'],
    globalSetup: ['scripts/testing/test-services.ts'],
    reporters: ['default', ['json', { outputFile: join(root, '.data', 'test-commands-results.json') }]],
    pool: 'threads',
    maxWorkers: 3,
    expect: { poll: { timeout: 10_000 } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
