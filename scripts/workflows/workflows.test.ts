import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { releaseFaults } from './release-rules.ts'
import { workflowFaults } from './rules.ts'

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test.each(readdirSync(folder))('%s keeps credentials away from commits of strangers', name => {
  expect(workflowFaults(parse(read(name)))).toEqual([])
})

const guard = "if: github.ref == 'refs/heads/main' && github.event_name != 'pull_request'\n    runs-on"
const checkout = 'with: { persist-credentials: false }'

test.each([
  [
    'is triggered by workflow_run',
    'workflow_dispatch:',
    'workflow_run: { workflows: [verify] }\n  workflow_dispatch:',
  ],
  ['job images has credentials without the condition that the branch is main', guard, 'runs-on'],
  [
    'job images checks out another commit than its own',
    checkout,
    'with: { persist-credentials: false, ref: refs/pull/1/head }',
  ],
  ['job rollout downloads without a check of the sum', 'make history', 'curl -fsSL -o tool "$TOOL"'],
])('a workflow that %s is caught', (fault, from, to) => {
  const deploy = read('deploy.yaml')
  const changed = deploy.replace(from, to)
  expect(changed).not.toBe(deploy)
  expect(workflowFaults(parse(changed))).toContain(fault)
})

test('a release has signed images for each platform before its files are published', () => {
  expect(releaseFaults(parse(read('release.yaml')))).toEqual([])
})

test.each([
  ['builds no image for linux/arm64 on a machine of that platform', ', ubuntu-24.04-arm]', ']'],
  ['builds no image for linux/amd64 on a machine of that platform', '[ubuntu-24.04, ', '['],
  ['joins no images of several platforms', ' IMAGES=release/images', ''],
  ['signs other images than its files name', '/images.txt"', '/iod-production.yaml"'],
  ['signs the lists of images alone', ' --recursive', ''],
  ['has no public key among its files', 'echo "COSIGN_PUBLIC_KEY=', 'echo "KEY='],
  ['publishes no YAML in the registry', ' push "', ' pull "'],
  [
    'publishes its files before their images are signed',
    ' IMAGES=release/images',
    ' IMAGES=release/images && gh release create "$TAG"',
  ],
])('a release that %s is caught', (fault, from, to) => {
  const release = read('release.yaml')
  const changed = release.replace(from, to)
  expect(changed).not.toBe(release)
  expect(releaseFaults(parse(changed))).toEqual([fault])
})
