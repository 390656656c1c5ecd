import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')

// The journeys run first and beside each other; scaling to zero needs a cluster that nobody else is talking to.
export default defineConfig({
  root,
  test: {
    globalSetup: 'scripts/e2e/require-cluster.ts',
    reporters: ['verbose', ['json', { outputFile: join(root, '.data', 'e2e-results.json') }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['scripts/e2e/*.journey.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'scale',
          include: ['scripts/e2e/*.scale.ts'],
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
