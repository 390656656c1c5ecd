import { localConfig } from '../cluster/kubectl.ts'
import { testsOf } from '../testing/vitest-settings.ts'

// Only the local cluster is ever tested, whatever cluster the shell uses.
process.env['KUBECONFIG'] = localConfig

const fileOf = (name: string) => `scripts/e2e/${name}.e2e.ts`

const project = (
  name: string,
  order: number,
  minutes: number,
  include: string[],
  exclude: string[] = [],
) => ({
  extends: true as const,
  test: { name, include, exclude, testTimeout: minutes * 60_000, sequence: { groupOrder: order } },
})

/**
 * Files that run alone, in this order, and the minutes that a test of each may take. Releases replace the functions, a restore
 * replaces all rows, an installation needs room for a second set of pods, scaling to zero needs a cluster without other
 * clients, and a new function is a rollout.
 */
const alone = {
  ...{ release: 3, backup: 3, install: 10, 'scheduled-backup': 3, zero: 4 },
  ...{ neighbours: 5, together: 5, 'new-function': 10 },
}

export default testsOf(
  'e2e',
  {
    globalSetup: 'scripts/e2e/require-cluster.ts',
    projects: [
      // The journeys run first and concurrently.
      project('journeys', 1, 1, [fileOf('*')], Object.keys(alone).map(fileOf)),
      ...Object.entries(alone).map(([name, minutes], n) => project(name, n + 2, minutes, [fileOf(name)])),
    ],
  },
  'verbose',
)
