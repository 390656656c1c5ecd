// The process that `load.ts` starts: bare sockets, and of a response only its status and length are read, since a client
// that costs as much as the server would be what is measured.
import { connect } from 'node:net'
import type { LoadOptions, LoadResult } from './load.ts'

const options: LoadOptions = JSON.parse(process.argv[2] ?? '')
const { port, path, seconds, rate, connections, cycle = Number.POSITIVE_INFINITY } = options
const answered: { status: number; atMs: number; latencyMs: number }[] = []
let startMs = performance.now()
let arrived = 0
let opened = 0
let failed = 0
let maxInFlight = 0
let refusal = ''
let withoutRetryAfter = 0

type Send = (arrivedMs: number) => void
const idle: Send[] = []
const due: number[] = []

function open(): Send {
  opened += 1
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
  let arrivedMs = 0
  let received = ''
  const send = (at: number) => {
    arrivedMs = at
    arrived += 1
    socket.write(requestText(arrived % cycle))
  }
  socket.on('data', chunk => {
    received += String(chunk)
    if (!isWhole(received)) return
    const status = Number(received.slice(9, 12))
    if (status === 503 || status === 429) {
      if (refusal === '') refusal = received
      if (!/\r\nretry-after: \d/i.test(received)) withoutRetryAfter += 1
    }
    received = ''
    const nowMs = performance.now()
    answered.push({ status, atMs: nowMs - startMs, latencyMs: nowMs - arrivedMs })
    const waiting = due.shift()
    if (waiting !== undefined) send(waiting)
    else if (rate === undefined && nowMs < endMs) send(request(nowMs))
    else idle.push(send)
  })
  socket.on('error', () => (failed += 1))
  return send
}

function requestText(number: number): string {
  const numbered = (text: string) => text.replaceAll('*', String(number))
  const { headers = [] } = options
  const head = ['host: a', ...headers.slice(number % headers.length).slice(0, 1)]
  if (options.body === undefined) return [`GET ${numbered(path)} HTTP/1.1`, ...head, '', ''].join('\r\n')
  const body = numbered(options.body)
  const content = ['content-type: application/json', `content-length: ${body.length}`]
  return [`POST ${numbered(path)} HTTP/1.1`, ...head, ...content, '', body].join('\r\n')
}

function isWhole(response: string): boolean {
  const end = response.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(response.slice(0, end))?.[1]
  return length === undefined
    ? response.endsWith('\r\n0\r\n\r\n')
    : response.length >= end + 4 + Number(length)
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
  const send = idle.pop() ?? (opened < connections ? open() : undefined)
  if (send === undefined) due.push(atMs)
  else send(atMs)
}

if (rate !== undefined) {
  // A proxy's pool: Node accepts one connection per turn of its event loop, which is not what is measured.
  for (let n = 0; n < connections; n += 1) idle.push(open())
  await new Promise(resolve => setTimeout(resolve, 1_000))
  startMs = performance.now()
}
const endMs = startMs + seconds * 1_000
if (rate === undefined) for (let n = 0; n < connections; n += 1) arrive(performance.now())
while (performance.now() < endMs) {
  const elapsedMs = performance.now() - startMs
  if (rate !== undefined)
    while (requests < (elapsedMs / 1_000) * rate) arrive(startMs + (requests / rate) * 1_000)
  await new Promise(resolve => setTimeout(resolve, 2))
}
const lastMs = performance.now()
while (inFlight() > 0 && performance.now() - lastMs < 60_000)
  await new Promise(resolve => setTimeout(resolve, 2))
const drainMs = performance.now() - lastMs
const result: LoadResult = { answered, failed, maxInFlight, drainMs, refusal, withoutRetryAfter }
process.stdout.write(JSON.stringify(result), () => process.exit())
