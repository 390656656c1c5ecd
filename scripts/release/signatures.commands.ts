import { expect, test } from 'vitest'
import { runScript } from '../cluster/test-script.ts'
import { readRendered } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { ScriptedCluster } from './test-cluster.ts'

const secrets = secretsReferredTo(readRendered('production')).map(name => ({ metadata: { name } }))
const kubectl = `case "$*" in
  "apply "*|"patch "*|"create "*) echo CHANGED; exit 1 ;;
  "get secrets "*) echo '${JSON.stringify({ items: secrets })}' ;;
  *) echo '{"items":[]}' ;;
esac`
const docker = 'exit 0'
const environment = {
  ENVIRONMENT: 'production',
  REGISTRY: 'ghcr.io/owner',
  HOST: 'api.example.test',
  TAG: '1.2.3',
  COSIGN_PUBLIC_KEY: '/keys/cosign.pub',
}

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['cosign is missing', {}, 'COSIGN_PUBLIC_KEY asks for signed images, and cosign is not on PATH.'],
  [
    'a signature is missing',
    { cosign: 'case "$4" in */iod-migrate:*) echo "Error: no signatures found" >&2; exit 10 ;; esac' },
    'Refused: the image ghcr.io/owner/iod-migrate:1.2.3 has no signature of the key /keys/cosign.pub (Error: no signatures found).',
  ],
]

test.each(refusals)('delivered images are refused where %s', async (_, programs, refusal) => {
  const { code, text } = await runScript(
    'scripts/release/deploy.ts',
    { kubectl, docker, ...programs },
    environment,
  )
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(text).not.toContain('CHANGED')
})

test.each(refusals)('a canary is refused where %s', async (_, programs, refusal) => {
  await using cluster = new ScriptedCluster('ghcr.io/owner/iod-posts:1.2.2')
  const { COSIGN_PUBLIC_KEY } = environment
  const { code, text } = await cluster.run(
    'canary',
    { IMAGE: 'ghcr.io/owner/iod-posts:1.2.3', COSIGN_PUBLIC_KEY },
    programs,
  )
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(cluster.changes).toEqual([])
})
