// Which cluster or database a command works on: none but the one that its options name.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { type Call, kubectlScript, ScriptedKubectl } from '../cluster/test-kubectl.ts'
import { runScript } from '../cluster/test-script.ts'
import { placeOf } from './target.ts'

const folder = createTestFolder()
const archive = join(folder, 'iod-kind.tar.zst')
const otherConfig = join(folder, '.kube/config')
mkdirSync(join(folder, '.kube'))
for (const file of [archive, otherConfig]) writeFileSync(file, '')

/** Runs a command on a cluster that `make up` did not create, or did; returns the calls of kubectl too. */
async function runElsewhere(
  script: string,
  options: Readonly<Record<string, string>>,
  words: readonly string[] = [],
  isMadeByMakeUp = false,
) {
  const calls: string[] = []
  const answer = ({ args }: Call) => {
    calls.push(args.join(' '))
    if (args.includes('made-by-make-up')) throw new Error('configmaps is forbidden')
    return args[1] === '--raw' ? 'ok' : ''
  }
  await using kubectl = new ScriptedKubectl(() => '', answer)
  kubectl.isMadeByMakeUp = isMadeByMakeUp
  const environment = { DATA_FOLDER: folder, ...(await kubectl.environment()), ...options }
  const result = await runScript(
    `scripts/${script}`,
    { kubectl: kubectlScript, git: 'exit 0' },
    environment,
    words,
  )
  return { ...result, calls }
}

const onCluster = { ON: 'cluster' }

test.each<[string, Readonly<Record<string, string>>]>([
  ['admin/admin.ts', { ...onCluster, EMAIL: 'ada@example.com' }],
  ['backup/backup.ts', onCluster],
  ['backup/restore.ts', { ...onCluster, FROM: archive, FORCE: 'yes' }],
  ['backup/export-secrets.ts', onCluster],
  ['new-function/remove.ts', { ...onCluster, NAME: 'quizzes' }],
  ['secrets/rotate-keys.ts', { ...onCluster, NOW: 'yes' }],
  ['release/deploy.ts', {}],
  ['release/rollback.ts', { FUNCTION: 'posts' }],
  ['release/history.ts', { ENVIRONMENT: 'kind' }],
])('scripts/%s with %j is refused on a cluster that is not of `make up`', async (script, options) => {
  const { code, text, calls } = await runElsewhere(script, options)
  expect([code, text]).toEqual([
    1,
    'Refused: this cluster is not one of `make up`, which ENVIRONMENT=kind, the default, is for: name its environment, as in ENVIRONMENT=production.\n',
  ])
  expect(calls).toEqual([
    'get --raw /readyz --request-timeout=30s',
    'get configmap made-by-make-up --namespace kube-system --ignore-not-found --output=json --request-timeout=30s',
  ])
})

test.each([
  ['secrets/rotate-keys.ts', { NOW: 'yes' }],
  ['admin/admin.ts', { EMAIL: 'ada@example.com' }],
])(
  'scripts/%s for production is refused on the cluster of `make up`, which has the same namespace',
  async (script, options) => {
    const { text, calls } = await runElsewhere(script, { ...options, ENVIRONMENT: 'production' }, [], true)
    expect(text).toContain('Refused: this cluster is the local one of `make up`')
    expect(calls).toEqual(['get --raw /readyz --request-timeout=30s'])
  },
)

test('production is looked for on a cluster whose marks are forbidden', async () => {
  const { text } = await runElsewhere('backup/backup.ts', { ENVIRONMENT: 'production' })
  expect(text).toBe('Refused: the namespace iod has no Secret migrate with a DATABASE_URL.\n')
})

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['admin/admin.ts', { EMAIL: 'ada@example.com' }, 'get statefulset postgres --namespace iod'],
  ['secrets/rotate-keys.ts', {}, 'get secret auth --namespace iod'],
  ['new-function/remove.ts', { NAME: 'quizzes' }, 'secret/quizzes --namespace iod'],
])('scripts/%s with %j takes ENVIRONMENT alone as a cluster', async (script, options, call) => {
  const { calls } = await runElsewhere(script, { ...options, ENVIRONMENT: 'production' })
  expect(calls.join('\n')).toContain(call)
})

test.each(['admin/admin.ts', 'backup/backup.ts'])(
  'scripts/%s reads DATABASE_URL with ON=url only',
  async script => {
    const options = { EMAIL: 'ada@example.com', DATABASE_URL: 'postgres://127.0.0.1:1/iod' }
    const { code, text, calls } = await runElsewhere(script, options, ['DATABASE_URL'])
    expect([code, text]).toEqual([1, 'Refused: DATABASE_URL is read with ON=url only.\n'])
    expect(calls).toEqual([])
  },
)

test('make chaos runs on no cluster but that of this checkout, also when its file has the same name', async () => {
  for (const KUBECONFIG of [otherConfig, '']) {
    const { text, calls } = await runElsewhere('chaos/main.ts', { KUBECONFIG, CA_FILE: archive })
    expect(text).toContain('Refused: make chaos runs only on the cluster of `make up` of this checkout')
    expect(calls).toEqual([])
  }
})

test('ENVIRONMENT or ON=cluster names a cluster, ON=url a database, nothing `make dev`', () => {
  expect(placeOf({})).toEqual({ kind: 'dev', environment: 'kind' })
  expect(placeOf({ ON: 'cluster' })).toEqual({ kind: 'cluster', environment: 'kind' })
  expect(placeOf({ ENVIRONMENT: 'production' })).toEqual({ kind: 'cluster', environment: 'production' })
  expect(placeOf({ ON: 'url', ENVIRONMENT: 'production' }).kind).toBe('url')
})
