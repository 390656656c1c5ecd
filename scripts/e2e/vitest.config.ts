import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const root = join(import.meta.dirname, '../..')
// Only the local cluster is ever tested, whatever cluster the shell uses.
process.env['KUBECONFIG'] = join(root, '.kube/config')

const release = ['scripts/e2e/release.e2e.ts']
const install = ['scripts/e2e/install.e2e.ts']
const backup = ['scripts/e2e/backup.e2e.ts']
const scheduledBackup = ['scripts/e2e/scheduled-backup.e2e.ts']
const zero = ['scripts/e2e/zero.e2e.ts']
const neighbours = ['scripts/e2e/neighbours.e2e.ts']
const together = ['scripts/e2e/together.e2e.ts']
const newFunction = ['scripts/e2e/new-function.e2e.ts']

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

// The journeys run first and concurrently. Releases replace the functions, a restore replaces all rows, an installation
// needs room for a second set of pods, scaling to zero needs a cluster without other clients, and a new function is a
// rollout: each runs alone.
export default defineConfig({
  root,
  test: {
    globalSetup: 'scripts/e2e/require-cluster.ts',
    reporters: ['verbose', ['json', { outputFile: join(root, '.data', 'e2e-results.json') }]],
    projects: [
      project(
        'journeys',
        1,
        1,
        ['scripts/e2e/*.e2e.ts'],
        [
          ...release,
          ...backup,
          ...install,
          ...scheduledBackup,
          ...zero,
          ...neighbours,
          ...together,
          ...newFunction,
        ],
      ),
      project('release', 2, 3, release),
      project('backup', 3, 3, backup),
      project('install', 4, 10, install),
      project('scheduled-backup', 5, 3, scheduledBackup),
      project('zero', 6, 4, zero),
      project('neighbours', 7, 5, neighbours),
      project('together', 8, 5, together),
      project('new-function', 9, 10, newFunction),
    ],
  },
})
