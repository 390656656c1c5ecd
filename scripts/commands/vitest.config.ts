import { testsOf } from '../testing/vitest-settings.ts'

/** The commands of scripts/ as processes, against a scripted kubectl: half of the time of all tests that need no cluster. */
export default testsOf('test-commands', {
  include: ['scripts/**/*.commands.ts'],
  globalSetup: ['scripts/testing/test-services.ts'],
  pool: 'threads',
  maxWorkers: 3,
  testTimeout: 30_000,
  hookTimeout: 30_000,
})
