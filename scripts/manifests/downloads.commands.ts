// kind/manifest.sh with a scripted curl: which downloads may be applied as cluster-admin.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { outcomeOf, writePrograms } from '../cluster/test-programs.ts'

const home = createTestFolder()
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(home, 'checkout-'))
  for (const name of ['bin', 'kind', 'reviewed']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'reviewed/cnpg.yaml'), 'reviewed')
})

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** Fetches the manifest of a release; curl always downloads the text `published`. */
async function fetchManifest({ sum = '', isOfMakeUp = false, from = '' }) {
  writeFileSync(join(folder, 'kind/manifests.sha256'), `# sums\n${sum && `${sum}  v1.0.0-cnpg.yaml\n`}`)
  const programs = {
    curl: 'while [ "$1" != -o ]; do shift; done; printf published >"$2"',
    kubectl: isOfMakeUp ? 'exit 0' : 'exit 1',
  }
  writePrograms(join(folder, 'bin'), programs, '/bin/bash')
  const script = `set -euo pipefail; root=${folder} state=${folder}/.kube
    source ${root}/kind/progress.sh; source ${root}/kind/manifest.sh
    manifest https://example.test/v1.0.0/operator.yaml ${folder}/cnpg.yaml "${from}"; cat ${folder}/cnpg.yaml`
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` }
  return outcomeOf('bash', ['-c', script], { env })
}

test.each([false, true])(
  'one with the recorded sum is used; in the cluster of make up: %s',
  async isOfMakeUp => {
    expect(await fetchManifest({ sum: sumOf('published'), isOfMakeUp })).toEqual({
      code: 0,
      text: 'published',
    })
  },
)

test.each([false, true])(
  'one with another sum is refused; in the cluster of make up: %s',
  async isOfMakeUp => {
    const { code, text } = await fetchManifest({ sum: sumOf('reviewed'), isOfMakeUp })
    expect(code).toBe(1)
    expect(text).toContain('differs from its sum')
  },
)

test('one without a recorded sum is used in the cluster of make up, with a note', async () => {
  const { code, text } = await fetchManifest({ isOfMakeUp: true })
  expect(code).toBe(0)
  expect(text).toContain('v1.0.0-cnpg.yaml: kind/manifests.sha256 has no sum of it')
})

test('… and refused in any other, unless a folder has the reviewed file', async () => {
  const { code, text } = await fetchManifest({})
  expect(code).toBe(1)
  expect(text).toContain('Refused: kind/manifests.sha256 has no sum of v1.0.0-cnpg.yaml')
  expect(await fetchManifest({ from: join(folder, 'reviewed') })).toEqual({ code: 0, text: 'reviewed' })
})
