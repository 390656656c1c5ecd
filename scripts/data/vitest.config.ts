import { testsOf } from '../testing/vitest-settings.ts'

/** Tests on as many rows as a large blog has: a minute or two to make them, so they have a target of their own. */
export default testsOf('test-data', {
  include: ['functions/**/*.data.ts'],
  globalSetup: ['scripts/testing/test-services.ts'],
  pool: 'threads',
  testTimeout: 60_000,
})
