import { testsOf } from '../testing/vitest-settings.ts'

/** The pages of `make dev` in Chromium. */
export default testsOf('test-pages', {
  include: ['scripts/pages/**/*.e2e.ts'],
  globalSetup: ['scripts/pages/find-chromium.ts'],
  pool: 'threads',
  maxWorkers: 1,
  testTimeout: 120_000,
  hookTimeout: 90_000,
})
