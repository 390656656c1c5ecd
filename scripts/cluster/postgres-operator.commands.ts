// kind/postgres-operator.sh with a scripted kubectl.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from './command.ts'
import { outcomeOf, writePrograms } from './test-programs.ts'

/** Returns which files kubectl read, and where it ran, in a checkout with or without a cluster of `make up`. */
async function configsRead(KUBECONFIG: string, hasLocal: boolean) {
  const folder = createTestFolder()
  for (const name of ['bin', '.kube']) mkdirSync(join(folder, name))
  symlinkSync(join(root, 'kind'), join(folder, 'kind'))
  for (const name of ['cnpg.yaml', 'barman-cloud.yaml']) writeFileSync(join(folder, name), '')
  if (hasLocal) writeFileSync(join(folder, '.kube/config'), '')
  writePrograms(join(folder, 'bin'), { kubectl: `echo "\${KUBECONFIG-none} in $PWD" >>'${folder}/read'` })
  const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`
  const env = { ...process.env, PATH, KUBECONFIG, CNPG_MANIFESTS: '.' }
  const { code, text } = await outcomeOf(join(folder, 'kind/postgres-operator.sh'), [], { env, cwd: folder })
  expect(code, text).toBe(0)
  const lines = readFileSync(join(folder, 'read'), 'utf8').trim().split('\n')
  return [...new Set(lines.map(line => line.replaceAll(folder, '.')))]
}

test('CloudNativePG goes into the cluster that every command chooses', async () => {
  expect(await configsRead('other/config', true)).toEqual(['other/config in .'])
  expect(await configsRead('', true)).toEqual(['./.kube/config in .'])
  expect(await configsRead('', false)).toEqual(['none in .'])
})
