import { localConfig } from '../cluster/kubectl.ts'
import { testsOf } from '../testing/vitest-settings.ts'

process.env['KUBECONFIG'] ??= localConfig

export default testsOf(
  'test-policies',
  {
    include: ['scripts/policies/*.e2e.ts'],
    globalSetup: 'scripts/policies/require-enforcement.ts',
    // A wake is measured without the connections of the other file.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
  'verbose',
)
