import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ProblemCode, problemStatus } from './problem.ts'
import { basicHeaders } from './security-headers.ts'

/** Errors of Node's parser and their problem codes; any other means that the message is not HTTP. */
const problemOf: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

const details = {
  malformed_request: 'The request is not valid HTTP.',
  headers_too_large: 'The header fields together are too large.',
  body_too_large: 'The chunk extensions are too large.',
  request_timeout: 'The request did not arrive in time.',
} as const

/** Responds with problem documents to what never becomes a request event: without this, Node sends empty responses. */
export function refuseMalformed(server: Server): void {
  server.on('clientError', respondToMalformed)
  server.on('checkExpectation', refuseExpectation)
  server.on('connect', refuseConnect)
}

function respondToMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = problemOf[error.code ?? ''] ?? 'malformed_request'
  const detail = code in details ? details[code as keyof typeof details] : details.malformed_request
  endWith(socket, code, detail)
}

/** Node closes the connection of a CONNECT without a response, since it is for proxies. */
const refuseConnect = (_: IncomingMessage, socket: Duplex): void =>
  endWith(socket, 'malformed_request', 'This is no proxy: CONNECT is not supported.')

function endWith(socket: Duplex, code: ProblemCode, detail: string): void {
  const { status, headers, body } = problemOutsideApp(code, detail)
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** Refuses what Node's parser accepts although RFC 9112 does not; returns true if it did. */
export function refuseInvalid(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const detail =
    faultOfVersion(incoming) ?? faultOfTarget(incoming) ?? faultOfHost(incoming) ?? faultOfCoding(incoming)
  if (detail === undefined) return false
  send(outgoing, problemOutsideApp('malformed_request', detail))
  return true
}

/** Node parses a request line of any version below 2.1, and a line without one, as if it were HTTP/1.1. */
const faultOfVersion = ({ httpVersionMajor }: IncomingMessage): string | undefined =>
  httpVersionMajor === 1 ? undefined : 'The version of a request is HTTP/1.1 or HTTP/1.0.'

/** RFC 9112, 3.2: a fragment would hide parameters. `DELETE /auth/sessions?#keep=current` ends all sessions. */
const faultOfTarget = ({ url }: IncomingMessage): string | undefined =>
  url?.includes('#') ? 'The target of a request has no fragment.' : undefined

/** RFC 9112, 3.2. */
function faultOfHost({ headers, httpVersion, rawHeaders }: IncomingMessage): string | undefined {
  const given = headers.host
  if (given === undefined) return httpVersion === '1.1' ? 'Send the header field Host.' : undefined
  if (!host.test(given)) return 'The header field Host contains no valid host.'
  // Node takes the first one and a proxy perhaps the last.
  return isRepeated(rawHeaders, 'host') ? 'Send the header field Host once.' : undefined
}

/** RFC 9112, 6.1: HTTP/1.0 has no transfer codings, and one that is not decoded would reach the application as it is. */
function faultOfCoding({ headers, httpVersion }: IncomingMessage): string | undefined {
  const coding = headers['transfer-encoding']
  if (coding === undefined) return undefined
  if (httpVersion === '1.0') return 'HTTP/1.0 has no transfer codings.'
  return coding.toLowerCase() === 'chunked' ? undefined : 'The only supported transfer coding is chunked.'
}

/** `rawHeaders` has names and values in turns. */
function isRepeated(rawHeaders: readonly string[], field: string): boolean {
  let count = 0
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const name = rawHeaders[n]
    if (name?.length === field.length && name.toLowerCase() === field) count += 1
  }
  return count > 1
}

/** RFC 9110, 10.1.1 defines no expectation but 100-continue. */
const refuseExpectation = (_: IncomingMessage, outgoing: ServerResponse): void =>
  send(outgoing, problemOutsideApp('expectation_failed', 'The only supported expectation is 100-continue.'))

function send(outgoing: ServerResponse, { status, headers, body }: ProblemOutsideApp): void {
  outgoing.writeHead(status, { ...headers, connection: 'close' })
  outgoing.end(body)
}

interface ProblemOutsideApp {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Makes a problem document without an app. */
export function problemOutsideApp(code: ProblemCode, detail: string, instance = ''): ProblemOutsideApp {
  const status = problemStatus[code]
  // The global `crypto`: importing node:crypto would delay the opening of the port.
  const requestId = crypto.randomUUID()
  const body = JSON.stringify({
    type: `urn:iod:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    instance,
    requestId,
  })
  const headers = {
    ...basicHeaders,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
  }
  return { status, headers, body }
}
