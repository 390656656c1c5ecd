import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { workflowFaults } from './rules.ts'

const folder = join(import.meta.dirname, '..', '..', '.github', 'workflows')
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test.each(readdirSync(folder))('%s keeps credentials away from commits of strangers', name => {
  expect(workflowFaults(parse(read(name)))).toEqual([])
})

describe('what is planted is caught', () => {
  const deploy = read('deploy.yaml')
  const planted: readonly (readonly [string, string, string, string])[] = [
    [
      'a run for what a fork has pushed',
      'workflow_dispatch:',
      'workflow_run: { workflows: [verify] }\n  workflow_dispatch:',
      'is triggered by workflow_run',
    ],
    [
      'credentials without the question for main',
      "if: github.ref == 'refs/heads/main' && github.event_name != 'pull_request'\n    runs-on",
      'runs-on',
      'job images has credentials and does not ask for the branch main',
    ],
    [
      'a checkout of another commit',
      'with: { persist-credentials: false }',
      'with: { persist-credentials: false, ref: refs/pull/1/head }',
      'job images checks out another commit than its own',
    ],
    [
      'a token left in the checkout',
      'with: { persist-credentials: false }',
      'with: { fetch-depth: 1 }',
      'job images leaves its token in the checkout',
    ],
    [
      'an action by its tag',
      'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8',
      'actions/checkout@v5',
      'job images uses actions/checkout@v5, which is not pinned by a commit',
    ],
    [
      'a download that nobody checks',
      'make history',
      'curl -fsSL -o tool "$TOOL"',
      'job rollout downloads without a check of the sum',
    ],
  ]
  test.each(planted)('%s', (_, from, to, fault) => {
    const changed = deploy.replace(from, to)
    expect(changed).not.toBe(deploy)
    expect(workflowFaults(parse(changed))).toContain(fault)
  })
})
