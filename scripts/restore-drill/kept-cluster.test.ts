import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { fromYaml } from '../cluster/kubectl.ts'
import { writePrograms } from '../cluster/test-programs.ts'
import { at, type Json } from '../manifests/json.ts'
import { requireNoneKept, restoredCluster } from './restored-cluster.ts'

const folder = createTestFolder()
const file = join(folder, 'cluster.json')
const objects = fromYaml(readFileSync(join(root, 'knative/components/postgres-ha/cluster.yaml'), 'utf8'))

/** The API server has this cluster, whatever its name. */
const store = (cluster: Json) => writeFileSync(file, JSON.stringify(cluster))

beforeEach(() => {
  writePrograms(folder, { kubectl: `cat '${file}'` })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  store(objects[0] ?? null)
})
afterAll(() => void vi.unstubAllEnvs())

const restored = (isKept: boolean) =>
  restoredCluster({ objects, namespace: 'iod', targetTime: '2026-11-25T12:00:00Z', isKept })

test('a cluster that was kept stops the next drill, and one that a stopped drill has left does not', async () => {
  store(await restored(true))
  await expect(requireNoneKept('iod')).rejects.toThrow(
    'kubectl --namespace iod delete clusters.postgresql.cnpg.io/postgres-drill',
  )
  store(objects[0] ?? null)
  store(await restored(false))
  await requireNoneKept('iod')
})

test('the second cluster begins with the archive of the live one, and archives nothing into it', async () => {
  const cluster = await restored(false)
  expect(at(cluster, 'spec', 'bootstrap', 'recovery')).toEqual({
    source: 'live',
    recoveryTarget: { targetTime: '2026-11-25T12:00:00Z' },
  })
  expect(at(cluster, 'spec', 'externalClusters', 0)).toMatchObject({
    name: 'live',
    plugin: { parameters: at(objects[0], 'spec', 'plugins', 0, 'parameters') },
  })
  expect(at(cluster, 'spec', 'plugins')).toBeUndefined()
  expect(at(cluster, 'spec', 'instances')).toBe(1)
})
