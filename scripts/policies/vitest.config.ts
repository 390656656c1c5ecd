// `make test-policies`.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')
process.env['KUBECONFIG'] ??= join(root, '.kube/config')

export default defineConfig({
  root,
  test: {
    include: ['scripts/policies/*.e2e.ts'],
    globalSetup: 'scripts/policies/require-enforcement.ts',
    reporters: ['verbose', ['json', { outputFile: join(root, '.data', 'test-policies-results.json') }]],
    // A wake is measured without the connections of the other file.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})
