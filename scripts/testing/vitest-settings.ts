import { join } from 'node:path'
import { defineConfig, type TestUserConfig } from 'vitest/config'
import { root } from '../cluster/command.ts'

/**
 * The configuration behind a target of make. `.ci/run` counts the results from the JSON file. Those that take minutes are
 * `verbose`: a line for each test as it ends.
 */
export const testsOf = (
  target: string,
  settings: TestUserConfig,
  terminal: 'default' | 'verbose' = 'default',
) =>
  defineConfig({
    root,
    test: {
      reporters: [terminal, ['json', { outputFile: join(root, '.data', `${target}-results.json`) }]],
      // The default of 1 s is missed on a busy machine.
      expect: { poll: { timeout: 10_000 } },
      ...settings,
    },
  })
