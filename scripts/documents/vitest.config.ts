import { testsOf } from '../testing/vitest-settings.ts'

/** The documents as a newcomer follows them, in a fresh clone with its own packages, and `make function` in a copy. */
export default testsOf('test-documents', {
  include: ['scripts/documents/*.e2e.ts', 'scripts/new-function/*.e2e.ts'],
  testTimeout: 60_000,
  hookTimeout: 600_000,
})
