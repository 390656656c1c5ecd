import { type Agent, request as send } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { Pool } from 'undici'

/** One request, or several that are sent in turn. */
export interface Target {
  readonly name: string
  readonly port: number
  readonly method: string
  readonly paths: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly status: number
}

/** A body in which `{n}` stands for a number that is new in each request. */
const fill = (body: string, n: number) => body.replaceAll('{n}', `${process.pid}${n}`)
let lastNumber = 0

/** Requests per second when each connection sends the next one as soon as it has an answer. */
export async function saturate(target: Target, seconds: number, connections = 32): Promise<number> {
  const result = await autocannon({ ...requestsOf(target), connections, duration: seconds })
  check(target, result.statusCodeStats, result.errors + result.timeouts)
  return result.requests.total / result.duration
}

export async function sendMany(target: Target, amount: number): Promise<void> {
  const result = await autocannon({ ...requestsOf(target), connections: 8, amount })
  check(target, result.statusCodeStats, result.errors + result.timeouts)
}

function requestsOf({ port, method, paths, headers = {}, body }: Target) {
  const many = body === undefined ? paths : paths.flatMap(path => Array.from({ length: 5_000 }, () => path))
  const requests = many.map(path => {
    lastNumber += 1
    return { method, path, headers, ...(body !== undefined && { body: fill(body, lastNumber) }) }
  })
  return { url: `http://127.0.0.1:${port}`, requests }
}

function check(target: Target, statuses: Readonly<Record<string, unknown>>, failed: number): void {
  const others = Object.keys(statuses).filter(status => Number(status) !== target.status)
  if (failed > 0 || others.length > 0) {
    throw new Error(`${target.name}: ${failed} requests failed, answers ${JSON.stringify(statuses)}`)
  }
}

/**
 * Milliseconds of each request when `perSecond` of them are sent evenly, whether or not earlier ones are answered.
 * Each is timed from when it was due, so a server that stalls is charged for those that had to wait.
 */
export async function atRate(target: Target, perSecond: number, seconds: number): Promise<number[]> {
  // undici, since Node's own client is busy with 10,000 requests/s, and its delay would be taken for the server's.
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections: 128 })
  const total = Math.ceil(perSecond * seconds)
  const latenciesMs: number[] = []
  const failures: string[] = []
  const finished = Promise.withResolvers<void>()
  const startMs = performance.now()
  for (let sent = 0; sent < total; ) {
    const dueMs = startMs + (sent / perSecond) * 1_000
    if (performance.now() < dueMs) {
      await sleep(1)
      continue
    }
    sent += 1
    dispatch(pool, target, sent, failure => {
      if (failure === undefined) latenciesMs.push(performance.now() - dueMs)
      else failures.push(failure)
      if (latenciesMs.length + failures.length === total) finished.resolve()
    })
  }
  await finished.promise
  await pool.close()
  if (failures.length > 0) throw new Error(`${target.name}: ${failures.length} failed, ${failures[0]}`)
  return latenciesMs
}

/** Sends one request and calls `onEnd` when its whole answer is here, or with the reason why it is not. */
function dispatch(pool: Pool, target: Target, n: number, onEnd: (failure?: string) => void): void {
  const { method, paths, headers = {}, body, status } = target
  const path = paths[n % paths.length] ?? ''
  if (body !== undefined) lastNumber += 1
  let answered = 0
  pool.dispatch(
    { method, path, headers, body: body === undefined ? null : fill(body, lastNumber) },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_, statusCode) => {
        answered = statusCode
      },
      onResponseData: () => undefined,
      onResponseEnd: () => onEnd(answered === status ? undefined : `${method} ${path}: ${answered}`),
      onResponseError: (_, error) => onEnd(`${method} ${path}: ${error.message}`),
    },
  )
}

/** One request on a connection of `agent`; resolves to the body when the whole answer is here. */
export function once(target: Target, agent: Agent, n = 0): Promise<string> {
  const { port, method, paths, headers, body, status } = target
  const path = paths[n % paths.length]
  if (body !== undefined) lastNumber += 1
  const number = lastNumber
  return new Promise((resolve, reject) => {
    const outgoing = send({ port, host: '127.0.0.1', method, path, agent, headers }, incoming => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => {
        text += chunk
      })
      incoming.once('end', () => {
        if (incoming.statusCode === status) resolve(text)
        else reject(new Error(`${method} ${path}: ${incoming.statusCode} ${text}`))
      })
      incoming.once('error', reject)
    })
    outgoing.once('error', reject)
    outgoing.end(body === undefined ? undefined : fill(body, number))
  })
}
