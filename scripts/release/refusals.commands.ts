import { expect, test } from 'vitest'
import { isInstalled } from '../cluster/command.ts'
import { runScript } from '../cluster/test-script.ts'
import { readRendered } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { processNames } from './overlay.ts'

test.each([
  [
    'an unknown function',
    { FUNCTION: 'post' },
    `Refused: FUNCTION is one of ${processNames.join(', ')}, not post.`,
  ],
  [
    'an unknown environment',
    { FUNCTION: 'posts', ENVIRONMENT: 'prod' },
    'Refused: ENVIRONMENT is one of kind',
  ],
  ['no image', { FUNCTION: 'posts' }, 'Refused: IMAGE is missing'],
  [
    'an impossible share',
    { FUNCTION: 'posts', IMAGE: 'a:1', PERCENT: '0' },
    'Refused: PERCENT is a number from 1 to 99',
  ],
  [
    'a share that Knative would not take, when the revision is there',
    { FUNCTION: 'posts', IMAGE: 'a:1', PERCENT: '10.5' },
    'Refused: PERCENT is a whole number, not 10.5',
  ],
  ['no cluster', { FUNCTION: 'posts', IMAGE: 'a:1' }, 'Refused: the cluster does not respond.'],
])('a canary with %s is refused before it changes anything', async (_what, environment, refusal) => {
  const kubectl = 'case "$*" in "get --raw /readyz"*) exit 1 ;; *) echo CALLED; exit 1 ;; esac'
  const { code, text } = await runScript('scripts/release/canary.ts', { kubectl }, environment)
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(text).not.toContain('CALLED')
})

test('production is refused without its host', async () => {
  const { text } = await runScript('scripts/release/deploy.ts', {}, { ENVIRONMENT: 'production' })
  expect(text).toContain('Refused: production needs the host that it serves: HOST=')
})

test('a phase is refused with another host than its own', async () => {
  const options = { ENVIRONMENT: 'phase2', HOST: 'api.example.test' }
  const { text } = await runScript('scripts/release/deploy.ts', {}, options, Object.keys(options))
  expect(text).toContain('Refused: phase2 has its own host: leave HOST out.')
})

test('the name of the machine, which some shells export as HOST, stops no phase', async () => {
  const { text } = await runScript(
    'scripts/release/deploy.ts',
    {},
    { ENVIRONMENT: 'phase2', HOST: 'MacBook' },
  )
  expect(text).toContain('Refused: kubectl is needed')
})

test.each(['https://api.example.test', 'api.example.test/', 'API.example.test', 'a b'])(
  'the host %j is refused',
  async HOST => {
    const { text } = await runScript('scripts/release/deploy.ts', {}, { ENVIRONMENT: 'production', HOST })
    expect(text).toContain(`Refused: HOST is a name in small letters such as api.your.domain, not ${HOST}.`)
  },
)

test('functions in one process are not told where their neighbours are', async () => {
  const { text } = await runScript('scripts/release/deploy.ts', {}, { TOGETHER: 'yes', NEIGHBOURS: 'yes' })
  expect(text).toContain('Refused: NEIGHBOURS wakes functions that TOGETHER puts into one process')
})

test.skipIf(!isInstalled('kubectl'))('a misspelt setting is refused, not ignored', async () => {
  const secrets = secretsReferredTo(readRendered('production')).map(name => ({ metadata: { name } }))
  const kubectl = `case "$*" in
    kustomize*) PATH='${process.env['PATH']}'; kubectl "$@" | sed 's/^  LOG_LEVEL:/  LOGLEVEL:/' ;;
    "get secrets "*) echo '${JSON.stringify({ items: secrets })}' ;;
    "get "*) ;;
    *) echo CALLED ;;
  esac`
  const options = { ENVIRONMENT: 'production', HOST: 'api.example.test', REGISTRY: 'ghcr.io/o', TAG: '1.2.3' }
  const { code, text } = await runScript('scripts/release/deploy.ts', { kubectl, docker: 'exit 0' }, options)
  expect(code).toBe(1)
  expect(text).toContain('Refused: no function reads LOGLEVEL of the ConfigMap functions')
  expect(text).not.toContain('CALLED')
})
