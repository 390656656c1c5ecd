import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fillBody, nextAuthor, overloadedStatus, type Target } from './http-load.ts'

const connections = 128

/**
 * Sends `perSecond` requests at even intervals, whether or not earlier ones have been answered, and resolves with the
 * latency of each in milliseconds from when it was due: a server that stalls is charged for those that had to wait. That
 * of a request that the server refuses as overloaded is infinite.
 *
 * Over plain sockets: Node's own client is saturated by 10,000 requests/s and undici by 20,000, and their delay would
 * count as the server's. autocannon is fast enough but sends the requests of a second in one burst.
 */
export async function requestAtRate(target: Target, perSecond: number, seconds: number): Promise<number[]> {
  const total = Math.ceil(perSecond * seconds)
  const latenciesMs: number[] = []
  const finished = Promise.withResolvers<number[]>()
  const onFailure = (message: string) => finished.reject(new Error(`${target.name}: ${message}`))
  const opened = Array.from({ length: connections }, () => openConnection(target.port, onFailure))
  // Connecting is not part of any request.
  await Promise.race([Promise.all(opened.map(({ connected }) => connected)), finished.promise])
  const startMs = performance.now()
  const dueMs = (n: number) => startMs + (n / perSecond) * 1_000
  const idle = [...opened]
  let [due, sent] = [0, 0]

  function sendNext(connection: Connection): void {
    if (sent >= due) return void idle.push(connection)
    const n = sent
    sent += 1
    connection.send(messageOf(target, n), status => {
      if (status !== target.status && status !== overloadedStatus) onFailure(`status ${status}`)
      const latencyMs = Math.round((performance.now() - dueMs(n)) * 1_000) / 1_000
      latenciesMs.push(status === target.status ? latencyMs : Number.POSITIVE_INFINITY)
      if (latenciesMs.length === total) finished.resolve(latenciesMs)
      sendNext(connection)
    })
  }

  try {
    while (due < total) {
      while (due < total && dueMs(due) <= performance.now()) due += 1
      for (const connection of idle.splice(0, due - sent)) sendNext(connection)
      await Promise.race([sleep(1), finished.promise])
    }
    return await finished.promise
  } finally {
    for (const { socket } of opened) socket.destroy()
  }
}

function messageOf({ port, method, paths, headers = {}, authors, body }: Target, n: number): string {
  const content = body === undefined ? '' : fillBody(body)
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(content) }
  const fields = Object.entries({ host: `127.0.0.1:${port}`, ...headers, ...nextAuthor(authors), ...length })
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${paths[n % paths.length]} HTTP/1.1\r\n${lines.join('')}\r\n${content}`
}

interface Connection {
  readonly connected: Promise<unknown>
  readonly socket: Socket
  send(message: string, onResponse: (status: number) => void): void
}

/** One request at a time. Of a response only status and length are parsed, from a buffer that is reused. */
function openConnection(port: number, onFailure: (message: string) => void): Connection {
  let onResponse: (status: number) => void = () => undefined
  let [status, remainingBytes] = [0, 0]
  const buffer = Buffer.alloc(16_384)
  /** The server writes the head at once, and the buffer is larger: a read has all of it, or none. */
  function read(bytes: number): boolean {
    if (remainingBytes === 0) {
      const head = buffer.toString('latin1', 0, Math.min(bytes, 2_048)).split('\r\n\r\n', 1)[0] ?? ''
      status = Number(head.slice(9, 12))
      const isEmpty = status === 204 || status === 304
      remainingBytes = head.length + 4 + (isEmpty ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]))
    }
    remainingBytes -= bytes
    if (remainingBytes === 0) onResponse(status)
    else if (!(remainingBytes > 0)) onFailure('a response without its length')
    return true
  }
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: read } })
  socket.on('error', ({ message }) => onFailure(message))
  socket.on('close', () => onFailure('the server closed a connection'))
  return {
    connected: once(socket, 'connect'),
    socket,
    send(message, callback) {
      onResponse = callback
      socket.write(message)
    },
  }
}
