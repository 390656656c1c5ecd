// The port that kubectl's own proxy opens, in front of a server that has everything.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { listen } from '../services/free-port.ts'
import { isInstalled } from './command.ts'
import { type Api, openApi } from './tunnels.ts'

const folder = createTestFolder()
const server = createServer((request, response) => void response.end(JSON.stringify({ path: request.url })))
const hasKubectl = isInstalled('kubectl')
let api: Api
let port = ''

beforeAll(async () => {
  if (!hasKubectl) return
  const serverPort = await listen(server)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${serverPort}` } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: {} }],
  }
  writeFileSync(join(folder, 'config'), JSON.stringify(config))
  vi.stubEnv('KUBECONFIG', join(folder, 'config'))
  const fetched = vi.spyOn(globalThis, 'fetch')
  api = await openApi()
  await api.json('/api/v1/nodes')
  port = new URL(String(fetched.mock.calls[0]?.[0])).port
})

afterAll(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  if (!hasKubectl) return
  api.close()
  server.close()
})

const pods = '/api/v1/namespaces/iod/pods'

test
  .runIf(hasKubectl)
  .each([
    '/api/v1/nodes/node-1/proxy/stats/summary',
    '/api/v1/namespaces/iod/events',
    `${pods}?labelSelector=serving.knative.dev%2Fservice%20in%20(posts%2Cauth)`,
    `${pods}/posts-00001-a/log?container=user-container`,
    `${pods}/posts-00001-a:9091/proxy/metrics`,
    `${pods}/prometheus-0:9090/proxy/api/v1/query?query=up%7Bfunction%3D%22posts%22%7D`,
    '/apis/serving.knative.dev/v1/namespaces/iod/services/posts',
    '/apis/serving.knative.dev/v1/namespaces/iod/services?fieldSelector=metadata.name%3Dposts',
    '/apis/apps/v1/namespaces/iod/deployments?watch=1',
  ])('forwards GET %s', async path => {
  expect(await api.json(path)).toEqual({ path })
})

const send = async (method: string, path: string) =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status

test
  .runIf(hasKubectl)
  .each([
    '/api/v1/secrets',
    '/api/v1/namespaces/iod/secrets',
    '/api/v1/namespaces/iod/secrets/auth',
    '/api/v1/namespaces/iod/pods%2F..%2Fsecrets',
    `${pods}/posts-00001-a/exec?command=env`,
    `${pods}/posts-00001-a/attach`,
    `${pods}/postgres-0/portforward?ports=5432`,
    `${pods}/posts-00001-a:8080/proxy/posts`,
    '/api/v1/nodes/node-1/proxy/exec/iod/auth-00001-a/user-container?command=env',
    '/api/v1/nodes/node-1/proxy/pods',
  ])('forwards no GET %s', async path => {
  expect(await send('GET', path)).toBe(403)
})

test.runIf(hasKubectl).each(['POST', 'PUT', 'PATCH', 'DELETE'])('forwards no %s', async method => {
  expect(await send(method, '/apis/serving.knative.dev/v1/namespaces/iod/services/posts')).toBe(403)
})
