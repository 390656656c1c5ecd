// `make rotate-keys ON=cluster` against a scripted kubectl.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { type Call, kubectlScript, ScriptedKubectl } from '../cluster/test-kubectl.ts'
import { runScript } from '../cluster/test-script.ts'
import { publicKeys, rotate } from './key-rotation.ts'
import { newSigningKey } from './signing-keys.ts'

const old = newSigningKey()
const encode = (value: string) => Buffer.from(value).toString('base64')
const decode = (value: string) => Buffer.from(value, 'base64').toString()
const folder = createTestFolder()
const file = join(folder, 'secrets.json')
afterEach(() => rmSync(file, { force: true }))

interface Pod {
  readonly created: string
  readonly isEnding?: boolean
}

/** The Secrets and the pods of the namespace iod. */
const state = {
  privateKeys: '',
  annotations: {},
  publicKeys: '',
  pods: new Map<string, Pod>(),
  calls: [] as string[],
  /** Runs before each call. */
  onCall: (_call: Call) => {},
}

/** The clock of this machine is an hour behind the cluster's. */
const clusterNow = () => Date.now() + 3_600_000
const justNow = () => new Date(clusterNow() - 120_000).toISOString()

beforeEach(() => {
  Object.assign(state, {
    privateKeys: JSON.stringify({ keys: [old] }),
    annotations: {},
    publicKeys: JSON.stringify({ keys: publicKeys([old]) }),
    pods: new Map([
      ['auth-00001-a', { created: justNow() }],
      ['posts-00002-a', { created: justNow() }],
      ['posts-00002-b', { created: justNow(), isEnding: true }],
    ]),
    calls: [],
    onCall: () => undefined,
  })
})

function answer(call: Call): string {
  state.onCall(call)
  const [verb, kind, name = ''] = call.args
  if (verb === 'get' && kind === 'secret')
    return JSON.stringify({
      metadata: { name, resourceVersion: `${name} 1`, annotations: state.annotations },
      data: {
        ...(state.privateKeys && { 'signing-keys.json': encode(state.privateKeys) }),
        'keys.json': encode(state.publicKeys),
      },
    })
  if (verb === 'get' && kind === 'pods')
    return JSON.stringify({
      items: [...state.pods].map(([pod, { created, isEnding }]) => ({
        metadata: {
          name: pod,
          creationTimestamp: created,
          labels: {
            'serving.knative.dev/service': pod.split('-')[0],
            'serving.knative.dev/revision': pod.split('-').slice(0, 2).join('-'),
          },
          ...(isEnding && { deletionTimestamp: created }),
        },
      })),
    })
  if (verb === 'get') return 'ok'
  if (call.args.includes('--dry-run=server'))
    return JSON.stringify({ metadata: { creationTimestamp: new Date(clusterNow()).toISOString() } })
  state.calls.push(`${call.args.slice(0, 3).join(' ')} ${call.input}`.trim())
  if (verb === 'apply') {
    const { metadata, data } = JSON.parse(call.input)
    if (metadata.name === 'auth') {
      state.privateKeys = decode(data['signing-keys.json'])
      state.annotations = metadata.annotations
    } else state.publicKeys = decode(data['keys.json'])
  }
  if (verb === 'delete') state.pods.delete(name)
  return ''
}

async function rotateKeys(environment: Readonly<Record<string, string>> = {}) {
  await using kubectl = new ScriptedKubectl(() => '', answer)
  return await runScript(
    'scripts/secrets/rotate-keys.ts',
    { kubectl: kubectlScript },
    { ON: 'cluster', KUBECONFIG: join(folder, 'config'), ...(await kubectl.environment()), ...environment },
  )
}

const verbs = () => state.calls.map(call => call.split(' --')[0])
const keysIn = (text: string) => JSON.parse(text).keys

test('goes by the clock of the cluster, updates the public Secret first, passes no key as an argument, and replaces running pods, signers last', async () => {
  const { code, text } = await rotateKeys()
  expect(code, text).toBe(0)
  expect(verbs()).toEqual([
    'apply',
    'apply',
    'delete pod posts-00002-a',
    'rollout status deployment/posts-00002-deployment',
    'delete pod auth-00001-a',
    'rollout status deployment/auth-00001-deployment',
  ])
  expect(state.calls[0]).toContain('"name":"jwks"')
  const keys = keysIn(state.privateKeys)
  expect(keys).toHaveLength(2)
  expect(keys[0]).toMatchObject(old)
  expect(keys[1].nbf - clusterNow() / 1_000).toBeGreaterThan(500)
  expect(keysIn(state.publicKeys)).toEqual(publicKeys(keys))
})

test.each([
  ['updates the file of `make up`, and keeps its other values', 'iod', true],
  ['leaves the file of `make up` when the keys are of another namespace', 'another', false],
])('%s', async (_what, namespace, isUpdated) => {
  const secret = (name: string, stringData: object) => ({ metadata: { name, namespace }, stringData })
  const before = { 'signing-keys.json': 'old', PASSWORD_PEPPER: 'kept' }
  const items = [secret('auth', before), secret('jwks', { 'keys.json': 'old' })]
  writeFileSync(file, JSON.stringify({ items }))
  await rotateKeys()
  const { privateKeys, publicKeys } = isUpdated ? state : { privateKeys: 'old', publicKeys: 'old' }
  expect(JSON.parse(readFileSync(file, 'utf8')).items).toEqual([
    secret('auth', { ...before, 'signing-keys.json': privateKeys }),
    secret('jwks', { 'keys.json': publicKeys }),
  ])
})

test('a rotation of many pods that was stopped is completed with its keys, and until they sign the next is refused', async () => {
  const posts = Array.from(
    { length: 29 },
    (_, index) => [`posts-00002-${index}`, { created: justNow() }] as const,
  )
  state.pods = new Map([
    ...posts,
    ['auth-00001-a', { created: justNow() }],
    ['posts-00002-ending', { created: justNow(), isEnding: true }],
  ])
  state.onCall = ({ args }) => {
    if (args[0] === 'delete') throw new Error('the connection was lost')
  }
  expect((await rotateKeys()).code).toBe(1)
  const keys = state.privateKeys
  // After the last of 30 pods has been replaced.
  expect(keysIn(keys)[1].nbf - clusterNow() / 1_000).toBeGreaterThan(30 * 60 - 30)

  state.onCall = () => undefined
  const { code, text } = await rotateKeys()
  expect(code, text).toBe(0)
  expect(text).toContain('The rotation that was stopped is complete.')
  expect(state.privateKeys).toBe(keys)
  expect([...state.pods.keys()]).toEqual(['posts-00002-ending'])

  // One that has started since has the new keys.
  state.pods.set('posts-00002-new', { created: new Date(clusterNow() + 90_000).toISOString() })
  const again = await rotateKeys()
  expect(again.code).toBe(1)
  expect(again.text).toContain('Refused: A rotation is in progress')
}, 60_000)

test('keys that are lost are replaced with NOW only', async () => {
  state.privateKeys = ''
  const { code, text } = await rotateKeys()
  expect([code, text]).toEqual([
    1,
    'Refused: the namespace iod has lost its signing keys: NOW=1 makes a new one.\n',
  ])
  expect(state.calls).toEqual([])
  expect((await rotateKeys({ NOW: '1' })).code).toBe(0)
  const keys = keysIn(state.privateKeys)
  expect(keys).toHaveLength(1)
  expect(keysIn(state.publicKeys)).toEqual(publicKeys(keys))
})

test('changes nothing when another rotation has changed the keys since they were read', async () => {
  const other = rotate([old], clusterNow()).keys
  state.onCall = ({ args, input }) => {
    if (args[0] !== 'apply') return
    // As the API server checks it.
    expect(JSON.parse(input).metadata.resourceVersion).toBe('jwks 1')
    state.privateKeys = JSON.stringify({ keys: other })
    throw new Error('Operation cannot be fulfilled on secrets "jwks": the object has been modified')
  }
  const { code, text } = await rotateKeys()
  expect(code).toBe(1)
  expect(text).toContain('the object has been modified')
  expect(keysIn(state.privateKeys)).toEqual(other)
})
