import { testsOf } from './testing/vitest-settings.ts'

/** Each in a worker of its own: they replace globals, as a function's process does, or measure memory. */
const alone = [
  'functions/shared/http/listener.test.ts',
  'functions/shared/http/malformed-request.test.ts',
  'functions/shared/http/neighbours.test.ts',
  'functions/whole-system-tests/statements.test.ts',
]

export default testsOf('test', {
  projects: [
    {
      extends: true,
      test: {
        name: 'all',
        include: ['functions/**/*.test.ts', 'scripts/**/*.test.ts'],
        // The template's run in the function that `make function` makes of them.
        exclude: ['scripts/new-function/template/**', ...alone],
        // Modules are loaded once per worker instead of once per file: a third of the CPU time.
        isolate: false,
        setupFiles: ['scripts/testing/unchanged-globals.ts'],
      },
    },
    { extends: true, test: { name: 'alone', include: alone } },
  ],
  // Each response of the functions' apps is compared with docs/openapi.json: see functions/shared/testing/contract.ts.
  env: { HOLD_TO_CONTRACT: 'yes' },
  globalSetup: ['scripts/testing/test-services.ts'],
  pool: 'threads',
  // Files wait for Postgres, Redis and timers for much of their time: three at once keep two cores busy.
  maxWorkers: 3,
  testTimeout: 15_000,
  hookTimeout: 30_000,
})
