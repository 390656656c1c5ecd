import { testsOf } from '../testing/vitest-settings.ts'

/** What the largest allowed inputs cost, and two requests at the worst moment: too slow for every `make test`. */
export default testsOf('test-bounds', {
  include: ['functions/**/*.bounds.ts', 'functions/**/*.races.ts'],
  globalSetup: ['scripts/testing/test-services.ts'],
  pool: 'threads',
  // One file at a time: a neighbour's work would be measured as this one's cost.
  maxWorkers: 1,
  passWithNoTests: true,
  testTimeout: 60_000,
  hookTimeout: 30_000,
})
