import { type Agent, request as send } from 'node:http'
import autocannon from 'autocannon'

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

let lastNumber = 0

/** A body in which `{n}` stands for a number that is new in each request. */
export function fill(body: string): string {
  lastNumber += 1
  return body.replaceAll('{n}', `${process.pid}${lastNumber}`)
}

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

/** Each connection goes through the requests by itself, so a body that is to be new is made when it is sent. */
function requestsOf({ port, method, paths, headers = {}, body }: Target) {
  const requests = paths.map(path => {
    const request = { method, path, headers }
    if (body === undefined) return request
    return { ...request, setupRequest: (given: autocannon.Request) => ({ ...given, body: fill(body) }) }
  })
  return { url: `http://127.0.0.1:${port}`, requests }
}

function check(target: Target, statuses: Readonly<Record<string, unknown>>, failed: number): void {
  const others = Object.keys(statuses).filter(status => Number(status) !== target.status)
  if (failed > 0 || others.length > 0) {
    throw new Error(`${target.name}: ${failed} requests failed, answers ${JSON.stringify(statuses)}`)
  }
}

/** One request on a connection of `agent`; resolves to the body when the whole answer is here. */
export function once(target: Target, agent: Agent, n = 0): Promise<string> {
  const { port, method, paths, headers, body, status } = target
  const path = paths[n % paths.length]
  const content = body === undefined ? undefined : fill(body)
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
    outgoing.end(content)
  })
}
