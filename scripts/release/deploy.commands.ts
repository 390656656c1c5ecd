// `make deploy` of delivered images against a scripted cluster that has the Secrets. Overlays are rendered by kubectl itself.
import { execFileSync } from 'node:child_process'
import { beforeEach, expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { isInstalled } from '../cluster/command.ts'
import { fromYaml, kindOf, nameOf } from '../cluster/kubectl.ts'
import { type Call, kubectlScript, ScriptedKubectl } from '../cluster/test-kubectl.ts'
import { runScript } from '../cluster/test-script.ts'
import { at, type Json, merged, text } from '../manifests/json.ts'
import { readRendered } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'

const kubectl = isInstalled('kubectl')
const secrets = secretsReferredTo(readRendered('production')).map(name => ({ metadata: { name } }))
const [firstFunction = '', ...others] = functionNames

/** What was applied, by `Kind name`, with the number of times. */
const applied = new Map<string, number>()
const objects = new Map<string, Json>()
/** Of the Job of the migrations. */
let outcome: 'Complete' | 'Failed' | 'Running' = 'Complete'
/** Runs when something is applied, as another person's command may. */
let onApply: (object: Json) => void = () => undefined
let bouncer = {}
/** The function whose new revision never becomes ready. */
let broken = ''
/** The function whose first container the node could not start. */
let unlucky = ''

beforeEach(() => {
  applied.clear()
  objects.clear()
  outcome = 'Complete'
  onApply = () => undefined
  broken = ''
  unlucky = ''
})

const isTrue = (type: string, holds = true, message = 'the container exits with 1') => ({
  type,
  status: holds ? 'True' : 'False',
  ...(!holds && { message }),
})
/** As it came from a node whose cgroup did not freeze in time; the next try succeeded. */
const notFrozen = 'Container failed with: failed to create containerd task: unable to freeze'

function store(object: Json): void {
  const kind = kindOf(object)
  const name = nameOf(object)
  const conditions =
    kind === 'Job'
      ? [isTrue(outcome)].filter(({ type }) => type !== 'Running')
      : [
          isTrue('Ready', name !== broken && name !== unlucky, name === unlucky ? notFrozen : undefined),
          isTrue('RoutesReady'),
        ]
  const revision = `${name}-00001`
  const status = {
    ...(kind === 'Job' && outcome === 'Running' && { ready: 1 }),
    ...{ observedGeneration: 1, latestCreatedRevisionName: revision, latestReadyRevisionName: revision },
    traffic: [{ revisionName: revision, percent: 100 }],
    conditions,
  }
  objects.set(`${kind} ${name}`, merged(object, { metadata: { generation: 1 }, status }))
}

const services = () =>
  [...objects.values()].filter(object => text(object, 'apiVersion') === 'serving.knative.dev/v1')
function answer({ args, input }: Call): string {
  const [verb, kind = '', name = ''] = args
  if (verb === 'kustomize') return execFileSync('kubectl', args, { encoding: 'utf8' })
  if (verb === 'apply')
    for (const object of fromYaml(input)) {
      store(object)
      onApply(object)
      const key = `${kindOf(object)} ${nameOf(object)}`
      applied.set(key, (applied.get(key) ?? 0) + 1)
    }
  if (verb === 'delete') objects.delete(`Job ${name}`)
  if (verb === 'logs') return '{"message":"failed","detail":"the column exists already"}'
  if (verb !== 'get') return ''
  if (kind === 'secrets') return JSON.stringify({ items: secrets })
  if (kind === 'job') return JSON.stringify(objects.get(`Job ${name}`) ?? '').replace(/^""$/, '')
  if (kind === 'services.serving.knative.dev' && !name.startsWith('--'))
    return JSON.stringify(objects.get(`Service ${name}`) ?? '').replace(/^""$/, '')
  if (kind === 'services.serving.knative.dev') return JSON.stringify({ items: services() })
  if (kind === 'secret' && name === 'pgbouncer') return JSON.stringify({ data: bouncer })
  return kind === 'secret' || kind === 'service' ? '' : '{"items":[]}'
}

/** What `kubectl proxy` leads to: the objects that are watched by name. */
function respond(path: string): string {
  const name = decodeURIComponent(path).split('metadata.name=')[1]?.split('&')[0]
  const kind = { jobs: 'Job', services: 'Service' }[/([a-z]+)\?/.exec(path)?.[1] ?? '']
  const object = objects.get(`${kind} ${name}`)
  if (object !== undefined && name === unlucky) {
    unlucky = ''
    store(object)
  }
  if (object !== undefined && kind === 'Job' && outcome === 'Running') {
    outcome = 'Complete'
    store(object)
  }
  return object === undefined ? '' : `${JSON.stringify({ type: 'ADDED', object })}\n`
}

async function deploy() {
  await using scripted = new ScriptedKubectl(respond, answer)
  scripted.isMadeByMakeUp = false
  return await runScript(
    'scripts/release/deploy.ts',
    { kubectl: kubectlScript, docker: 'exit 0' },
    {
      ...{ ENVIRONMENT: 'production', REGISTRY: 'ghcr.io/owner', HOST: 'api.example.test', TAG: '1.2.3' },
      ...(await scripted.environment()),
    },
  )
}

const timeout = 60_000
const cluster = test.skipIf(!kubectl)

cluster('a failed migration ends the deployment before a function changes', { timeout }, async () => {
  outcome = 'Failed'
  const { code, text: printed } = await deploy()
  expect(code).toBe(1)
  expect(printed).toContain('the migration failed: the column exists already')
  expect(applied.get('Job migrate')).toBe(1)
  expect(services()).toEqual([])
})

cluster("another deployment's migration is not taken for this one's", { timeout }, async () => {
  onApply = object => {
    if (kindOf(object) !== 'Job') return
    const containers = [{ image: 'ghcr.io/owner/iod-migrate:1.2.2' }]
    store(merged(object, { spec: { template: { spec: { containers } } } }))
  }
  const { code, text: printed } = await deploy()
  expect(code).toBe(1)
  expect(printed).toContain('another deployment has replaced it, with ghcr.io/owner/iod-migrate:1.2.2')
  expect(services()).toEqual([])
})

cluster('the migration of a stopped deployment is waited for', { timeout }, async () => {
  outcome = 'Running'
  const containers = [{ name: 'migrate', image: 'ghcr.io/owner/iod-migrate:1.2.3' }]
  store({ kind: 'Job', metadata: { name: 'migrate' }, spec: { template: { spec: { containers } } } })
  const { text: printed } = await deploy()
  expect(printed).toContain('host and monitoring: ready')
  expect(applied.get('Job migrate')).toBeUndefined()
})

cluster(
  'a revision that never becomes ready ends the rollout there, and the next run continues',
  { timeout },
  async () => {
    // Those that exist are replaced one after the other.
    for (const name of functionNames)
      store({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name } })
    broken = firstFunction
    const { code, text: printed } = await deploy()
    expect(code).toBe(1)
    expect(printed).toContain(`${firstFunction}: the container exits with 1`)
    for (const name of others) expect(applied.get(`Service ${name}`)).toBeUndefined()
    expect(applied.get('Ingress api')).toBeUndefined()

    broken = ''
    const again = await deploy()
    expect(again.text).toContain('host and monitoring: ready')
    expect(applied.get('Job migrate')).toBe(2)
    for (const name of others) expect(applied.get(`Service ${name}`)).toBe(1)
    expect(applied.get('Ingress api')).toBe(1)
  },
)

cluster('PgBouncer starts again where its Secret names another server', { timeout }, async () => {
  const annotations = new Set<string>()
  for (const server of ['one', 'one', 'another']) {
    bouncer = { 'userlist.txt': 'users', 'databases.ini': server }
    await deploy()
    const template = at(objects.get('Deployment pgbouncer'), 'spec', 'template')
    annotations.add(JSON.stringify(at(template, 'metadata', 'annotations')))
  }
  expect(annotations.size).toBe(2)
})

cluster('a container that the node failed to start is waited for', { timeout }, async () => {
  unlucky = firstFunction
  const { text: printed } = await deploy()
  expect(printed).toContain('host and monitoring: ready')
})
