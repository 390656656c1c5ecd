import { expect, test } from 'vitest'
import { runScript } from '../cluster/run-script.ts'
import { readRendered } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'

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

test.each([
  ['cosign is missing', {}, 'COSIGN_PUBLIC_KEY asks for signed images, and cosign is not on PATH.'],
  [
    'a signature is missing',
    { cosign: 'echo "Error: no signatures found" >&2; exit 10' },
    'Refused: the image ghcr.io/owner/iod-migrate:1.2.3 has no signature of the key /keys/cosign.pub (Error: no signatures found).',
  ],
])('delivered images are refused where %s', async (_, programs, refusal) => {
  const { code, text } = await runScript(
    'scripts/release/deploy.ts',
    { kubectl, docker, ...programs },
    environment,
  )
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(text).not.toContain('CHANGED')
})
