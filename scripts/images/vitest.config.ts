import { testsOf } from '../testing/vitest-settings.ts'

export default testsOf(
  'test-images',
  { include: ['scripts/images/*.e2e.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
  'verbose',
)
