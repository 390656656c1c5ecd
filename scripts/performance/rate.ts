import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fill, type Target } from './load.ts'

const connections = 128

/**
 * Milliseconds of each request when `perSecond` of them are sent evenly, whether or not earlier ones are answered.
 * Each is timed from when it was due, so a server that stalls is charged for those that had to wait.
 *
 * Over plain sockets: Node's client is busy with 10,000 requests/s, undici with 20,000, and their delay would be taken
 * for the server's. autocannon has the speed but sends a second's requests at its start.
 */
export async function atRate(target: Target, perSecond: number, seconds: number): Promise<number[]> {
  const total = Math.ceil(perSecond * seconds)
  const latenciesMs: number[] = []
  const finished = Promise.withResolvers<number[]>()
  const opened = Array.from({ length: connections }, () => new Connection(target.port, finished.reject))
  // What it costs to connect is no part of any request.
  await Promise.race([Promise.all(opened.map(connection => connection.connected)), finished.promise])
  const startMs = performance.now()
  const dueMs = (n: number) => startMs + (n / perSecond) * 1_000
  const idle = [...opened]
  let due = 0
  let sent = 0

  /** The next request that is due and not sent; without one the connection waits for it. */
  function sendNext(connection: Connection): void {
    if (sent >= due) return void idle.push(connection)
    const n = sent
    sent += 1
    connection.send(requestOf(target, n), status => {
      if (status !== target.status) finished.reject(new Error(`${target.name}: answered ${status}`))
      latenciesMs.push(Math.round((performance.now() - dueMs(n)) * 1_000) / 1_000)
      if (latenciesMs.length === total) finished.resolve(latenciesMs)
      sendNext(connection)
    })
  }

  try {
    while (due < total) {
      while (due < total && dueMs(due) <= performance.now()) due += 1
      while (sent < due && idle.length > 0) {
        const connection = idle.pop()
        if (connection !== undefined) sendNext(connection)
      }
      await Promise.race([sleep(1), finished.promise])
    }
    return await finished.promise
  } finally {
    for (const connection of opened) connection.close()
  }
}

function requestOf({ port, method, paths, headers = {}, body }: Target, n: number): string {
  const fields = Object.entries({ host: `127.0.0.1:${port}`, ...headers })
  const content = body === undefined ? '' : fill(body)
  if (body !== undefined) fields.push(['content-length', `${Buffer.byteLength(content)}`])
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${paths[n % paths.length]} HTTP/1.1\r\n${lines.join('')}\r\n${content}`
}

/** More than the head of any answer here. */
const headBytes = 1_024

/** One request at a time; of the answer only status and length are read, into a buffer that stays the same. */
class Connection {
  readonly connected: Promise<unknown>
  readonly #socket: Socket
  readonly #onFailure: (error: Error) => void
  #onAnswer: (status: number) => void = () => undefined
  #head = ''
  #status = 0
  #missingBytes = 0

  constructor(port: number, onFailure: (error: Error) => void) {
    this.#onFailure = onFailure
    const buffer = Buffer.alloc(16_384)
    const callback = (bytes: number) => {
      this.#read(buffer, bytes)
      return true
    }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } })
    this.connected = once(this.#socket, 'connect')
    this.#socket.on('error', onFailure)
    this.#socket.on('close', () => onFailure(new Error('the server closed a connection')))
  }

  send(request: string, onAnswer: (status: number) => void): void {
    this.#onAnswer = onAnswer
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(buffer: Buffer, bytes: number): void {
    if (this.#missingBytes > 0) this.#missingBytes -= bytes
    else if (!this.#readHead(buffer.toString('latin1', 0, Math.min(bytes, headBytes)), bytes)) return
    if (this.#missingBytes < 0) this.#onFailure(new Error('an answer is longer than it says'))
    if (this.#missingBytes === 0) this.#onAnswer(this.#status)
  }

  /** Whether it is whole now. A character is a byte. */
  #readHead(begin: string, bytes: number): boolean {
    const text = this.#head + begin
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) {
      if (text.length >= headBytes) this.#onFailure(new Error('the head of an answer is too long'))
      this.#head = text
      return false
    }
    this.#status = Number(text.slice(9, 12))
    const isEmpty = this.#status === 204 || this.#status === 304
    const length = isEmpty ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1])
    if (Number.isNaN(length)) this.#onFailure(new Error('an answer does not say how long it is'))
    this.#missingBytes = length - (this.#head.length + bytes - end - 4)
    this.#head = ''
    return true
  }
}
