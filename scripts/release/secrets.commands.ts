import { expect, test } from 'vitest'
import { isInstalled } from '../cluster/command.ts'
import { runScript } from '../cluster/run-script.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { secretsToMake } from './secrets.ts'

const all = ['api-tls', 'auth', 'postgres']

test.each([
  ['nothing', [], { values: false, certificate: false }],
  ['everything', all, { values: true, certificate: true }],
  ['the certificate, after a stopped deployment', ['api-tls'], { values: false, certificate: true }],
  ['one value of several', ['auth'], undefined],
])('where %s is missing', (_what, missing, toMake) => {
  expect(secretsToMake(all, missing)).toEqual(toMake)
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
