import { expect, test } from 'vitest'
import { createMeter } from '../cluster/queue-proxy.ts'
import type { Api } from '../cluster/tunnels.ts'
import type { Json } from '../manifests/json.ts'
import { keyAges } from './ages.ts'
import { parseInfo } from './redis.ts'
import { readRevisions } from './revisions.ts'
import { parseQuantity, readUsage, usageOf } from './usage.ts'
import { view } from './view.ts'
import { wakesOf } from './wakes.ts'

test.each([
  ['250m', 0.25],
  ['2', 2],
  ['512Mi', 512 * 1024 ** 2],
])('%s is %d', (written, value) => {
  expect(parseQuantity(written)).toBe(value)
})

const pod: Json = {
  metadata: { name: 'posts-00001-deployment-a-b', labels: { 'serving.knative.dev/revision': 'posts-00001' } },
  spec: {
    containers: [
      {
        name: 'user-container',
        resources: { requests: { cpu: '100m', memory: '96Mi' }, limits: { memory: '512Mi' } },
      },
      { name: 'queue-proxy', resources: { requests: { cpu: '25m' } } },
    ],
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}

const summary: Json = {
  pods: [
    {
      podRef: { name: 'posts-00001-deployment-a-b', namespace: 'iod' },
      containers: [
        { cpu: { usageNanoCores: 30_000_000 }, memory: { workingSetBytes: 50 * 1024 ** 2 } },
        { cpu: { usageNanoCores: 10_000_000 }, memory: { workingSetBytes: 14 * 1024 ** 2 } },
      ],
    },
  ],
}

test('use, requests and limits of all containers together; queue-proxy needs no limit', () => {
  const usage = readUsage([summary, null], 'iod')
  expect(usageOf([pod], usage)).toEqual({
    cpu: { used: 40, requested: 125, limit: undefined },
    memory: { used: 64, requested: 96, limit: 512 },
  })
})

const event = (name: string, message: string, second: number, more: Record<string, Json> = {}): Json => ({
  involvedObject: { name, ...more },
  message,
  reason: message.startsWith('Container started') ? 'Started' : 'Other',
  count: 1,
  firstTimestamp: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
  lastTimestamp: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
})
const events = [
  event('posts-00001-deployment', 'Scaled up replica set posts-00001-deployment-a from 0 to 1', 1),
  event('posts-00001-deployment-a', 'Created pod: posts-00001-deployment-a-b', 1),
  event('posts-00001-deployment-a-b', 'Container started', 3, { fieldPath: 'spec.containers{queue-proxy}' }),
  event('posts-00002-deployment', 'Scaled up replica set posts-00002-deployment-a from 0 to 1', 1),
]

test('wakes of the last hour, with the time until the pod ran', () => {
  const now = Date.parse('2026-01-01T00:30:00Z')
  expect(wakesOf('posts-00001', events, now)).toEqual({ count: 1, medianSeconds: 2, maxSeconds: 2 })
  expect(wakesOf('posts-00001', events, now + 3_600_000).count).toBe(0)
})

test('the age of a signing key is in its id', () => {
  const keys = { keys: [{ kid: '2026-01-01-abcd' }, { kid: 'of-another-maker' }] }
  expect(keyAges(JSON.stringify(keys), Date.parse('2026-01-11T00:00:00Z')).map(age => age.ageDays)).toEqual([
    10,
    undefined,
  ])
})

test('Redis: the share of hits of all reads, undefined before the first', () => {
  const info =
    '# Memory\r\nused_memory:1048576\r\nmaxmemory:2097152\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n'
  expect(parseInfo(info)).toEqual({ usedMiB: 1, maxMiB: 2, hitShare: 0.75, evictedKeys: 0 })
  expect(parseInfo('').hitShare).toBeUndefined()
})

test('reads the API server, kubelets and queue-proxies, and never a function', async () => {
  const paths: string[] = []
  const page = 'http_server_request_duration_seconds_count{http_response_status_code="200"} 8\n'
  const revision = {
    metadata: { name: 'posts-00001', labels: { 'serving.knative.dev/service': 'posts' } },
  }
  const answers: Readonly<Record<string, Json>> = {
    '/apis/serving.knative.dev/v1/namespaces/iod/services': {
      items: [{ status: { traffic: [{ revisionName: 'posts-00001', percent: 100 }] } }],
    },
    '/apis/serving.knative.dev/v1/namespaces/iod/revisions': { items: [revision] },
    '/api/v1/namespaces/iod/pods?labelSelector=serving.knative.dev%2Frevision': { items: [pod] },
    '/api/v1/namespaces/iod/events': { items: events },
    '/api/v1/nodes': { items: [{ metadata: { name: 'one' } }] },
    '/api/v1/nodes/one/proxy/stats/summary': summary,
  }
  const api: Api = {
    watch: () => {
      throw new Error('the monitor watches nothing')
    },
    text: async path => {
      paths.push(path)
      return page
    },
    json: async path => {
      paths.push(path)
      return answers[path] ?? null
    },
    close: () => undefined,
  }
  const revisions = await readRevisions(api, 'iod', createMeter(api, 'iod'))
  expect(revisions).toMatchObject([{ revision: 'posts-00001', state: 'ready', pods: 1, trafficPercent: 100 }])
  expect(paths.filter(path => path.includes('/proxy/'))).toEqual([
    '/api/v1/nodes/one/proxy/stats/summary',
    '/api/v1/namespaces/iod/pods/posts-00001-deployment-a-b:9091/proxy/metrics',
  ])
  const screen = view({
    at: '',
    namespace: 'iod',
    revisions,
    postgres: { unknown: 'no pod' },
    redis: { unknown: '' },
    ages: { unknown: 'secrets is forbidden' },
  })
  expect(screen).toContain('posts-00001')
  expect(screen).toContain('Postgres  unknown: no pod')
  expect(screen).toContain('Ages      unknown: secrets is forbidden')
})
