import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterEach, expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { isInstalled, root } from '../cluster/command.ts'
import { fromYaml } from '../cluster/kubectl.ts'
import { encodeValues } from '../cluster/secret-data.ts'
import { writePrograms } from '../cluster/test-programs.ts'
import { runScript } from '../cluster/test-script.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { clusterSecrets, type SecretValues, secretList } from '../secrets/cluster-secrets.ts'
import { canMakeSecrets, makeSecrets } from './secrets.ts'
import { targetOf } from './target.ts'

const all = ['api-tls', 'auth', 'postgres']

test.each([
  ['nothing', [], true],
  ['everything', all, true],
  ['the certificate, after a stopped deployment', ['api-tls'], true],
  ['one value of several', ['auth'], false],
])('where %s is missing', (_what, missing, canMake) => {
  expect(canMakeSecrets(all, missing)).toBe(canMake)
})

/** A deployment of phase1 whose namespace has some of its Secrets; fails where it would begin to change the cluster. */
function deployWithSome(server: string) {
  const [first = ''] = secretsReferredTo(readOverlay('phase1'))
  const kubectl = `case "$*" in
    "get secrets "*) echo '${JSON.stringify({ items: [{ metadata: { name: first } }] })}' ;;
    "get statefulset "*) echo '${server}' ;;
    "get service "*) ;;
    kustomize*) PATH='${process.env['PATH']}'; exec kubectl "$@" ;;
    proxy*) exit 1 ;;
    *) echo '{"items":[]}' ;;
  esac`
  const options = { ENVIRONMENT: 'phase1', REGISTRY: 'ghcr.io/owner', TAG: '1.2.3' }
  return runScript('scripts/release/deploy.ts', { kubectl, docker: 'exit 0' }, options)
}

const rendering = test.skipIf(!isInstalled('kubectl'))

rendering(
  'a deployment that was stopped between its first Secrets continues, as no server has read them',
  async () => {
    const { text } = await deployWithSome('')
    expect(text).toContain('apply the settings and the Secrets')
  },
)

rendering('Secrets are not replaced where Postgres remembers its password', async () => {
  const { code, text } = await deployWithSome('{}')
  expect(code).toBe(1)
  expect(text).toContain('start again without its data: kubectl delete namespace iod-phase1')
})

const folder = createTestFolder()
afterEach(() => void vi.unstubAllEnvs())

/** Deploys the values of Secrets to a namespace that has some; returns the objects that it applies. */
async function applied(existing: SecretValues, target = targetOf('kind')) {
  const items = Object.entries(existing).map(([name, values]) => ({
    metadata: { name },
    data: encodeValues(values),
  }))
  const file = join(folder, 'applied.yaml')
  writeFileSync(file, '')
  const kubectl = `case $1 in
    get) echo '${JSON.stringify({ items })}' ;;
    apply) cat >>'${file}' ;;
  esac`
  writePrograms(folder, { kubectl })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  await makeSecrets(target)
  return fromYaml(readFileSync(file, 'utf8'))
}

test('Secrets that exist keep their values, and get the rights in Redis and the keys of a newer version', async () => {
  const current = clusterSecrets({})
  const { redis = {}, 'redis-exporter': exporter = {} } = current
  const { REDIS_ADDR: _added, ...olderExporter } = exporter
  const olderRedis = { ...redis, 'users.acl': (redis['users.acl'] ?? '').replaceAll(/ \+\w+/g, '') }
  expect(await applied({ ...current, redis: olderRedis, 'redis-exporter': olderExporter })).toEqual(
    secretList({ redis, 'redis-exporter': exporter }, 'iod').items,
  )
})

test('a Secret that lacks nothing is not written, since its keys may be rotated at the same time', async () => {
  expect(await applied(clusterSecrets({}))).toEqual([])
})

rendering('a certificate by the authority of another checkout is replaced', async () => {
  const imported = { ...clusterSecrets({}), 'api-tls': { 'tls.crt': 'of another authority', 'tls.key': '' } }
  const [secret] = v.parse(v.tuple([Certificate]), await applied(imported, targetOf('phase2')))
  const certificate = new X509Certificate(secret.stringData['tls.crt'])
  const authority = new X509Certificate(readFileSync(join(root, '.kube/certificates/ca.crt')))
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect(certificate.checkHost('api.phase2.localhost')).toBe('api.phase2.localhost')
})

const Certificate = v.object({
  metadata: v.object({ name: v.literal('api-tls') }),
  stringData: v.object({ 'tls.crt': v.string() }),
})
