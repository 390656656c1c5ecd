import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { at, type Json, list, record, text } from '../manifests/json.ts'
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

test('a release has images of each platform, all of them signed, before its files are published', () => {
  const { images, release } = record(parse(read('release.yaml')), 'jobs')
  const scriptsOf = (job: Json | undefined) => list(job, 'steps').flatMap(step => text(step, 'run') ?? [])
  // One machine of each platform.
  expect(at(images, 'strategy', 'matrix', 'runner')).toEqual(['ubuntu-24.04', 'ubuntu-24.04-arm'])
  expect(scriptsOf(images).at(-1)).toContain('make release-images')
  const inOrder = [
    /\bcosign@\S+ public-key\b.*COSIGN_PUBLIC_KEY=/s,
    /\bmake release .*\bIMAGES=release\/images/,
    /\bcosign@\S+ sign\b.*--recursive.*<"release\/[^\n]*\/images\.txt"/s,
    /\boras@\S+ push\b/,
    /\bgh release create\b/,
  ]
  expect(scriptsOf(release)).toEqual(inOrder.map(script => expect.stringMatching(script)))
})
