// docs/kn.md as a reader runs it: its blocks from top to bottom in one shell.
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { execute, root } from '../cluster/command.ts'
import { get } from '../cluster/kubectl.ts'
import { codeOf } from '../documents/fences.ts'

const folder = createTestFolder()
// `kubectl config set-context` writes to it.
const kubeconfig = join(folder, 'config')
copyFileSync(join(root, '.kube/config'), kubeconfig)
afterAll(async () => {
  expect(await get`services.serving.knative.dev trial --namespace iod`).toBeUndefined()
})

const blocks = codeOf(readFileSync(join(root, 'docs/kn.md'), 'utf8'), 'sh')

test('creates, calls, updates, tags, splits, rolls back and deletes with kn and kubectl', async () => {
  const script = ['set -euo pipefail', 'trap "jobs -p | xargs -r kill || true" EXIT', ...blocks]
  const environment = { KUBECONFIG: kubeconfig }
  const printed = await execute('bash', ['-c', script.join('\n')], { environment })
  expect(printed).toMatch(/^trial-2 .*\n?trial-1 /m)
  expect(printed).toMatch(/90% +trial-1 #before/)
  expect(printed).toMatch(/10% +trial-2 #next/)
  expect(printed.match(/^\{"items":/gm)).toHaveLength(3)
  expect(printed).toContain("Service 'trial' successfully deleted")
}, 180_000)
