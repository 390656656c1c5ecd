import { once } from 'node:events'
import { createServer, IncomingMessage, type Server } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createBaseApp } from './base-app.ts'
import { createNeighbours } from './neighbours.ts'
import { serve } from './serve.ts'

const servers = new Set<Server>()
afterEach(() => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  servers.clear()
})

async function urlOf(server: Server): Promise<string> {
  servers.add(server)
  if (server.address() === null) await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** A function's server, its log, and how to wait for the line that follows the wake calls. */
async function startFunction(neighbourUrls: readonly string[]) {
  const lines: string[] = []
  let onLine: () => void = () => undefined
  const log = createLog('test', 'info', line => {
    lines.push(line)
    onLine()
  })
  const app = createBaseApp({ log, corsOrigins: [] })
  app.get('/posts', c => c.json({}))
  const load = async () => ({
    ...{ app, fetch: app.fetch },
    closeRedis: async () => undefined,
    closePostgres: async () => undefined,
  })
  const url = await urlOf(serve({ port: 0, log, neighbourUrls, load }))
  const woken = () => lines.filter(line => line.includes('neighbours woken'))
  const untilWoken = () =>
    new Promise<string>(resolve => {
      onLine = () => {
        const [line] = woken()
        if (line !== undefined) resolve(line)
      }
      onLine()
    })
  const get = async (path: string, headers = {}) => (await fetch(`${url}${path}`, { headers })).status
  return { url, lines, woken, untilWoken, get }
}

/** A neighbour that records its requests. */
async function startNeighbour(status = 200) {
  const requests: IncomingMessage[] = []
  const server = createServer((incoming, outgoing) => {
    requests.push(incoming)
    outgoing.writeHead(status).end()
  })
  const url = await urlOf(server.listen(0, '127.0.0.1'))
  return { url, requests }
}

test('the first request wakes every neighbour once, and neither probes nor later requests do', async () => {
  const [one, other] = [await startNeighbour(), await startNeighbour()]
  const { get, untilWoken, woken } = await startFunction([one.url, other.url])
  expect(await get('/healthz')).toBe(200)
  await get('/posts/health')
  expect([one, other].flatMap(({ requests }) => requests)).toEqual([])

  expect(await get('/posts')).toBe(200)
  expect(JSON.parse(await untilWoken())).toMatchObject({ level: 'info', count: 2, of: 2 })
  expect(await get('/posts')).toBe(200)
  for (const { requests } of [one, other])
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /healthz'])
  expect(woken()).toHaveLength(1)
})

test('a function that a neighbour woke makes no call, and logs no request for the wake call', async () => {
  const third = await startNeighbour()
  const second = await startFunction([third.url])
  const first = await startFunction([second.url])
  expect(await first.get('/posts')).toBe(200)
  await first.untilWoken()
  expect(second.lines.filter(line => line.includes('"request"'))).toEqual([])

  expect(await second.get('/posts')).toBe(200)
  expect(second.woken()).toEqual([])
  expect(third.requests).toEqual([])
})

test('the answer waits for no neighbour', async () => {
  const silent = createServer(() => undefined)
  const { get, woken } = await startFunction([await urlOf(silent.listen(0, '127.0.0.1'))])
  const called = once(silent, 'request')
  expect(await get('/posts')).toBe(200)
  await called
  expect(woken()).toEqual([])
})

test('a neighbour that cannot be reached or fails costs one line at level info', async () => {
  const failing = await startNeighbour(503)
  const closed = createServer().listen(0, '127.0.0.1')
  const closedUrl = await urlOf(closed)
  closed.close()
  await once(closed, 'close')
  const { get, untilWoken, lines } = await startFunction([closedUrl, failing.url])
  expect(await get('/posts')).toBe(200)
  expect(JSON.parse(await untilWoken())).toMatchObject({ level: 'info', count: 0, of: 2 })
  expect(lines.filter(line => !line.includes('"level":"info"'))).toEqual([])
})

test('a new process, whose connections may be refused at first, calls until one opens', async () => {
  const reserved = createServer().listen(0, '127.0.0.1')
  const url = await urlOf(reserved)
  reserved.close()
  await once(reserved, 'close')
  const requests: IncomingMessage[] = []
  const late = createServer((incoming, outgoing) => {
    requests.push(incoming)
    outgoing.end()
  })
  servers.add(late)
  // The second question for its age comes after the second refusal: the neighbour opens its port then.
  let questions = 0
  const isNew = () => {
    questions += 1
    if (questions === 2) late.listen(Number(new URL(url).port), '127.0.0.1')
    return true
  }
  const line = await new Promise<string>(resolve => {
    const neighbours = createNeighbours([url], createLog('test', 'info', resolve), isNew)
    neighbours.requested(new IncomingMessage(new Socket()))
  })
  expect(JSON.parse(line)).toMatchObject({ count: 1, of: 1 })
  expect(requests).toHaveLength(1)
})
