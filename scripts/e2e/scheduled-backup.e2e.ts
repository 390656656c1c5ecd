// The CronJob of the component scheduled-backup against the bucket of the component object-store, both added to what runs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { root } from '../cluster/command.ts'
import { apply, fromYaml, get, kubectl } from '../cluster/kubectl.ts'
import { readSecret } from '../cluster/secret-data.ts'
import { versions } from '../cluster/tools.ts'
import { type Json, text } from '../manifests/json.ts'

const namespace = 'iod'
const mark = 'iod-functions/e2e=scheduled-backup'

async function render(migrateImage: string): Promise<readonly Json[]> {
  const folder = join(root, '.kube/scheduled-backup')
  mkdirSync(folder, { recursive: true })
  const [newName, newTag] = migrateImage.split(':')
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    components: ['../../knative/components/object-store', '../../knative/components/scheduled-backup'],
    labels: [{ pairs: { 'iod-functions/e2e': 'scheduled-backup' } }],
    images: [
      { name: 'iod-migrate', newName, newTag },
      { name: 'ghcr.io/versity/versitygw', newTag: versions()['VERSITYGW_TAG'] },
    ],
  }
  writeFileSync(join(folder, 'kustomization.yaml'), stringify(kustomization))
  return fromYaml(await kubectl`kustomize ${folder}`)
}

beforeAll(async () => {
  const job = await get`job migrate --namespace ${namespace}`
  const image = text(job, 'spec', 'template', 'spec', 'containers', 0, 'image') ?? ''
  await apply(await render(image))
  await kubectl`rollout status statefulset/object-store --namespace ${namespace} --timeout=120s`
}, 150_000)

afterAll(async () => {
  const kinds = 'cronjobs,jobs,statefulsets,services,networkpolicies'
  await kubectl`delete ${kinds} --namespace ${namespace} --selector ${mark} --ignore-not-found`
  await kubectl`delete pvc/buckets-object-store-0 --namespace ${namespace} --ignore-not-found`
  await kubectl`delete job/backup-now --namespace ${namespace} --ignore-not-found`
}, 120_000)

test('the CronJob writes an archive to the bucket, reads it again, and shows no credential', async () => {
  await kubectl`create job backup-now --namespace ${namespace} --from=cronjob/backup`
  await kubectl`wait job/backup-now --namespace ${namespace} --for=condition=Complete --timeout=120s`
  const written = await kubectl`logs job/backup-now --namespace ${namespace}`
  expect(written).toMatch(/"archive":"iod-cluster-\d{8}T\d{6}Z\.tar\.zst"/)
  const { ACCESS_SECRET_KEY: key = '' } = await readSecret('object-store', namespace)
  expect(key).not.toBe('')
  expect(written).not.toContain(key)
  const job = JSON.stringify(await get`job backup-now --namespace ${namespace}`)
  expect(job).not.toContain(key)
})
