import { type Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import autocannon from 'autocannon'
import type { FunctionName } from '../../functions/registry.ts'
import { type Requests, runLoad } from '../load/load.ts'

/** One request, or several in turn. */
export interface Route extends Requests {
  readonly functionName: FunctionName
  readonly name: string
  readonly status: number
}

/** A route, and the port of the process that serves it. */
export interface Target extends Omit<Route, 'functionName'> {
  readonly port: number
}

let lastNumber = 0

function fillBody(body: string): string {
  lastNumber += 1
  return body.replaceAll('{n}', `${process.pid}${lastNumber}`)
}

let lastAuthor = 0

function nextAuthor(authors: readonly string[] | undefined): Readonly<Record<string, string>> {
  if (authors === undefined) return {}
  lastAuthor += 1
  return { authorization: authors[lastAuthor % authors.length] ?? '' }
}

/** What an overloaded function responds at once. */
const overloadedStatus = 503

const doneIntervalMs = 10

/**
 * Sends as fast as the server responds, for `duration` seconds or `amount` requests, and counts the responses with the
 * status of the route. Rejects any other status but that of an overload.
 */
export async function saturate(
  { name, port, method, paths, headers = {}, authors, body, status }: Target,
  limit: { readonly connections: number } & ({ readonly duration: number } | { readonly amount: number }),
): Promise<{ readonly perSecond: number; readonly count: number }> {
  const requests = paths.map(path => ({
    ...{ method, path, headers: { ...headers } },
    // What is new in each request is filled when it is sent.
    ...((body !== undefined || authors !== undefined) && {
      setupRequest: (given: autocannon.Request) => ({
        ...given,
        headers: { ...headers, ...nextAuthor(authors) },
        ...(body !== undefined && { body: fillBody(body) }),
      }),
    }),
  }))
  const result = await autocannon({
    ...{ url: `http://127.0.0.1:${port}`, requests, ...limit },
    // autocannon looks this often whether the amount is done: by default once in a second.
    ...('amount' in limit && { sampleInt: doneIntervalMs }),
  })
  const counts = new Map(
    Object.entries(result.statusCodeStats ?? {}).map(([code, of]) => [Number(code), of.count]),
  )
  const failed = result.errors + result.timeouts
  const others = [...counts.keys()].filter(code => code !== status && code !== overloadedStatus)
  if (failed > 0 || others.length > 0) throw new Error(`${name}: ${failed} requests failed, status ${others}`)
  const count = counts.get(status) ?? 0
  return { perSecond: count / result.duration, count }
}

/**
 * Sends `rate` requests a second at even intervals; resolves with the latency of each in milliseconds from when it was due:
 * a server that stalls is charged for those that had to wait. That of a request that the server refuses as overloaded is
 * infinite. Rejects any other status.
 */
export async function requestAtRate(target: Target, rate: number, seconds: number): Promise<number[]> {
  const { answered, failed } = await runLoad({ ...target, rate, seconds, connections: 128 })
  const other = answered.find(({ status }) => status !== target.status && status !== overloadedStatus)
  if (failed > 0 || other !== undefined)
    throw new Error(`${target.name}: ${failed} requests failed, status ${other?.status}`)
  return answered.map(({ status, latencyMs }) =>
    status === target.status ? Math.round(latencyMs * 1_000) / 1_000 : Number.POSITIVE_INFINITY,
  )
}

/** Sends one request; resolves with the body once all of it has arrived. Rejects any other status. */
export function requestOnce(target: Target, agent: Agent): Promise<string> {
  const { port, method, paths, headers, body, status } = target
  const [path] = paths
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method, path, agent, headers }, async incoming => {
      const content = await text(incoming)
      if (incoming.statusCode === status) resolve(content)
      else reject(new Error(`${method} ${path}: ${incoming.statusCode} ${content}`))
    })
    outgoing.once('error', reject)
    outgoing.end(body === undefined ? undefined : fillBody(body))
  })
}
