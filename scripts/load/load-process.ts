// The process that `load.ts` starts: bare sockets, and of a response only its status and length are read, since a client
// that costs as much as the server would be what is measured. Node's own client is saturated by 10,000 requests/s and undici
// by 20,000; autocannon is fast enough, but sends the requests of a second in one burst.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadOptions, LoadResult } from './load.ts'

const [options]: LoadOptions[] = await once(process, 'message')
if (options === undefined) throw new Error('load.ts sends the options')
const { port, method, paths, headers, authors, body, seconds, rate, connections } = options
const answered: LoadResult['answered'][number][] = []
let startMs = performance.now()
let sent = 0
let failed = 0
let maxInFlight = 0
let refusal = ''
let withoutRetryAfter = 0

interface Connection {
  readonly connected: Promise<unknown>
  send(dueMs: number): void
}
const opened: Connection[] = []
const idle: Connection[] = []
const waiting: number[] = []

/** One request at a time. Of a response only the head is parsed, from a buffer that is reused. */
function open(): Connection {
  let dueMs: number | undefined
  let [status, remainingBytes] = [0, 0]
  const buffer = Buffer.alloc(16_384)
  /** The server writes the head at once, and the buffer is larger: a read has all of it, or none. */
  function read(bytes: number): boolean {
    if (remainingBytes === 0) {
      const head = buffer.toString('latin1', 0, Math.min(bytes, 2_048)).split('\r\n\r\n', 1)[0] ?? ''
      status = Number(head.slice(9, 12))
      const isEmpty = status === 204 || status === 304
      remainingBytes = head.length + 4 + (isEmpty ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]))
      if (status === 503 || status === 429) noteRefusal(buffer.toString('latin1', 0, bytes))
    }
    remainingBytes -= bytes
    if (remainingBytes === 0) onResponse()
    else if (!(remainingBytes > 0)) socket.destroy(new Error('a response without its length'))
    return true
  }
  function onResponse(): void {
    const nowMs = performance.now()
    answered.push({ status, atMs: nowMs - startMs, latencyMs: nowMs - (dueMs ?? Number.NaN) })
    dueMs = undefined
    const next = waiting.shift()
    if (next !== undefined) connection.send(next)
    else if (rate === undefined && nowMs < endMs) connection.send(request(nowMs))
    else idle.push(connection)
  }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: read } })
  const connection: Connection = {
    connected: once(socket, 'connect').catch(() => undefined),
    send(atMs) {
      dueMs = atMs
      sent += 1
      socket.write(requestText(sent))
    },
  }
  // Reported by `close`, as is a connection that the server closes.
  socket.on('error', () => undefined)
  socket.on('close', hasFailed => {
    if (hasFailed || dueMs !== undefined) failed += 1
  })
  opened.push(connection)
  return connection
}

function noteRefusal(response: string): void {
  if (refusal === '') refusal = response
  if (!/\r\nretry-after: \d/i.test(response)) withoutRetryAfter += 1
}

function requestText(n: number): string {
  const fill = (text: string) => text.replaceAll('{n}', `${process.pid}${n}`)
  const content = fill(body ?? '')
  const fields = {
    host: `127.0.0.1:${port}`,
    ...headers,
    ...(authors !== undefined && { authorization: authors[n % authors.length] }),
    ...(body !== undefined && { 'content-length': Buffer.byteLength(content) }),
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${fill(paths[n % paths.length] ?? '')} HTTP/1.1\r\n${lines.join('')}\r\n${content}`
}

let requests = 0
const inFlight = () => requests - answered.length - failed
function request(atMs: number): number {
  requests += 1
  maxInFlight = Math.max(maxInFlight, inFlight())
  return atMs
}

function arrive(atMs: number): void {
  request(atMs)
  const connection = idle.pop() ?? (opened.length < connections ? open() : undefined)
  if (connection === undefined) waiting.push(atMs)
  else connection.send(atMs)
}

if (rate !== undefined) {
  // A proxy's pool: connecting is not part of any request.
  for (let n = 0; n < connections; n += 1) idle.push(open())
  await Promise.all(opened.map(({ connected }) => connected))
  startMs = performance.now()
}
const endMs = startMs + seconds * 1_000
if (rate === undefined) for (let n = 0; n < connections; n += 1) arrive(performance.now())
for (let isOver = false; !isOver; await sleep(1)) {
  const elapsedMs = Math.min(performance.now(), endMs) - startMs
  isOver = elapsedMs === endMs - startMs
  if (rate !== undefined)
    while (requests < (elapsedMs / 1_000) * rate) arrive(startMs + (requests / rate) * 1_000)
}
const lastMs = performance.now()
while (inFlight() > 0 && performance.now() - lastMs < 60_000) await sleep(2)
const drainMs = performance.now() - lastMs
const result: LoadResult = { answered, failed, maxInFlight, drainMs, refusal, withoutRetryAfter }
process.send?.(result, () => process.exit())
