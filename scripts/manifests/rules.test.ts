import { expect, test } from 'vitest'
import { connectionBudgets } from './budget.ts'
import type { Json, JsonRecord } from './json.ts'
import {
  clientAddressFaults,
  imageFaults,
  limitFaults,
  plainHttpFaults,
  probeFaults,
  securityFaults,
  volumeFaults,
} from './rules.ts'
import { typeFaults } from './type-faults.ts'

const service = (container: JsonRecord, annotations: JsonRecord = {}): Json => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'posts' },
  spec: { template: { metadata: { annotations }, spec: { containers: [container] } } },
})

test('the types refuse unknown members, wrong types and unknown kinds', async () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', lables: {} }, data: { a: 1 } }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } }
  const misspelled = service({ name: 'posts', image: 'posts:1', redinessProbe: {} })
  const faults = await typeFaults([misspelled, map, pod, service({ name: 'posts', image: 'posts:1' })])
  expect(faults).toHaveLength(4)
  expect(faults[0]).toMatch(/^Service posts: .*'"?redinessProbe"?' does not exist in type/)
  expect(faults[1]).toMatch(/^ConfigMap a: .*'"?lables"?' does not exist in type/)
  expect(faults[2]).toBe("ConfigMap a: Type 'number' is not assignable to type 'string'.")
  expect(faults[3]).toBe("Pod b: Property 'v1 Pod' does not exist on type 'Kinds'.")
})

test('a Service that clients reach keeps their addresses', () => {
  const open = (spec: JsonRecord): Json => ({ apiVersion: 'v1', kind: 'Service', spec })
  expect(clientAddressFaults(open({ type: 'NodePort' }))).toHaveLength(1)
  expect(clientAddressFaults(open({ type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' }))).toHaveLength(
    1,
  )
  expect(clientAddressFaults(open({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' }))).toEqual([])
  expect(clientAddressFaults(open({ type: 'ClusterIP' }))).toEqual([])
})

test('an image without a tag, or with a tag that moves, is a fault', () => {
  expect(imageFaults(service({ image: 'registry:5000/posts' }))).toHaveLength(1)
  expect(imageFaults(service({ image: 'posts:latest' }))).toHaveLength(1)
  expect(imageFaults(service({ image: `posts@sha256:${'a'.repeat(64)}` }))).toEqual([])
})

test('timing fields, a startup probe and a liveness probe are faults', () => {
  const probe = { httpGet: { path: '/healthz' } }
  expect(probeFaults(service({ readinessProbe: probe }))).toEqual([])
  expect(probeFaults(service({ readinessProbe: { ...probe, periodSeconds: 1 } }))).toHaveLength(1)
  expect(
    probeFaults(service({ readinessProbe: probe, startupProbe: probe, livenessProbe: probe })),
  ).toHaveLength(2)
})

test('a volume is a fault in a function and nowhere else', () => {
  const withVolume = { spec: { template: { spec: { containers: [], volumes: [{ name: 'keys' }] } } } }
  const knativeService = { apiVersion: 'serving.knative.dev/v1', kind: 'Service' }
  expect(volumeFaults({ ...knativeService, ...withVolume })).toHaveLength(1)
  expect(volumeFaults({ kind: 'StatefulSet', ...withVolume })).toEqual([])
  expect(volumeFaults(service({}))).toEqual([])
})

test('an edge proxy that does not redirect plain HTTP is a fault', () => {
  const knative = { apiVersion: 'networking.internal.knative.dev/v1alpha1', kind: 'Ingress' }
  const api: Json = { ...knative, metadata: { name: 'api' }, spec: { httpOption: 'Enabled' } }
  const edge = (annotations: JsonRecord): Json => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'edge', annotations },
    spec: { tls: [{ secretName: 'edge' }] },
  })
  const route = (parent: JsonRecord): Json => ({
    kind: 'HTTPRoute',
    metadata: { name: 'edge' },
    spec: { parentRefs: [parent], rules: [{ backendRefs: [{ name: 'kourier' }] }] },
  })
  expect(plainHttpFaults([api])).toEqual(['Ingress api serves plain HTTP'])
  expect(plainHttpFaults([api, edge({})])).toEqual(['Ingress edge serves plain HTTP'])
  expect(plainHttpFaults([api, edge({ 'ingress.kubernetes.io/force-ssl-redirect': 'true' })])).toEqual([])
  expect(plainHttpFaults([api, route({ name: 'public' })])).toEqual(['HTTPRoute edge serves plain HTTP'])
  expect(plainHttpFaults([api, route({ name: 'public', sectionName: 'https' })])).toEqual([])
})

test('a container without a security context or limits has all their faults', () => {
  expect(securityFaults(service({}))).toHaveLength(6)
  expect(securityFaults({ kind: 'Namespace', metadata: { name: 'iod' } })).toEqual([
    'admits pods that may do more than `restricted` says',
  ])
  expect(limitFaults(service({ resources: { requests: { cpu: '1', memory: '1Mi' } } }))).toEqual([
    'has no memory limit',
  ])
})

const settings = (poolSize: string): Json => ({
  kind: 'ConfigMap',
  metadata: { name: 'functions-abc' },
  data: { DATABASE_POOL_SIZE: poolSize },
})
const postgres: Json = {
  kind: 'StatefulSet',
  metadata: { name: 'postgres' },
  spec: { template: { spec: { containers: [{ args: ['-c', 'max_connections=100'] }] } } },
}

test('the budget counts every instance of every function', () => {
  const env = [{ name: 'DATABASE_URL' }]
  const posts = service({ env }, { 'autoscaling.knative.dev/max-scale': '5' })
  expect(connectionBudgets([posts, posts, settings('5'), postgres])).toEqual([
    { wanted: 50, allowed: 85, from: 'postgres' },
  ])
  expect(connectionBudgets([service({ env }), settings('5'), postgres])[0]?.wanted).toBe(
    Number.POSITIVE_INFINITY,
  )
})

test('the budget counts every function of a Service', () => {
  const env = [
    { name: 'AUTH_DATABASE_URL' },
    { name: 'POSTS_DATABASE_URL' },
    { name: 'POSTS_DATABASE_READ_URL' },
  ]
  const together = service({ env }, { 'autoscaling.knative.dev/max-scale': '5' })
  expect(connectionBudgets([together, settings('5'), postgres])[0]?.wanted).toBe(50)
})

test('the budget of several instances counts the pools for replicas', () => {
  const bouncer: Json = { kind: 'Deployment', metadata: { name: 'pgbouncer' }, spec: { replicas: 2 } }
  const bouncerSettings: Json = {
    kind: 'ConfigMap',
    metadata: { name: 'pgbouncer-abc' },
    data: { 'pgbouncer.ini': 'max_client_conn = 500\nmax_db_connections = 42\n' },
  }
  const cluster: Json = {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    spec: { postgresql: { parameters: { max_connections: '200' } } },
  }
  const scale = { 'autoscaling.knative.dev/max-scale': '20' }
  const own = { name: 'DATABASE_URL' }
  const [reader, other] = [
    service({ env: [own, { name: 'DATABASE_READ_URL' }] }, scale),
    service({ env: [own] }, scale),
  ]
  expect(connectionBudgets([reader, other, settings('5'), bouncer, bouncerSettings, cluster])).toEqual([
    { wanted: 300, allowed: 500, from: 'pgbouncer' },
    { wanted: 168, allowed: 185, from: 'postgres' },
  ])
})
