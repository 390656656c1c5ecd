import type { X509Certificate } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { text as readText } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { until } from '../cli/until.ts'

/** A server as a client outside the cluster reaches it. */
export interface Endpoint {
  /** The connection goes here, whatever the host's name resolves to. */
  readonly address: string
  readonly port: number
  /** Host, and port unless it is the scheme's own: the Host header and, without the port, the TLS server name. */
  readonly authority: string
  readonly tls: boolean
  /** The only trusted authority; the system's own ones when undefined. */
  readonly ca?: string | undefined
}

export interface ProbeOptions {
  readonly method?: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly token?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** With connections that stay open; each request has one of its own otherwise. */
  readonly agent?: https.Agent
}

export interface ProbeResponse {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  json(): unknown
}

/** A full cluster takes its time to wake a function. */
const defaultTimeoutMs = 60_000

/** The host without the port: the TLS server name. */
export const hostOf = ({ authority }: Endpoint) => authority.replace(/:\d+$/, '')

/** Sends one request. Rejects when the certificate is not the host's. */
export function probe(endpoint: Endpoint, path: string, options: ProbeOptions = {}): Promise<ProbeResponse> {
  const { method = 'GET', body, token, timeoutMs = defaultTimeoutMs, agent = false } = options
  const content = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    host: endpoint.authority,
    ...(content !== undefined && { 'content-type': 'application/json' }),
    ...(content !== undefined && { 'content-length': Buffer.byteLength(content) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...options.headers,
  }
  const target = { host: endpoint.address, port: endpoint.port, method, path, headers, agent }
  return new Promise((resolve, reject) => {
    const request = endpoint.tls
      ? https.request({ ...target, servername: hostOf(endpoint), ca: endpoint.ca })
      : http.request(target)
    request.setTimeout(timeoutMs, () => {
      const fault = new Error(`${method} ${path}: no response in ${timeoutMs} ms`)
      request.destroy(Object.assign(fault, { code: 'TIMEOUT' }))
    })
    request.on('error', reject)
    request.on('response', response => {
      const { statusCode: status = 0, headers } = response
      readText(response).then(
        text => resolve({ status, headers, text, json: () => JSON.parse(text) }),
        reject,
      )
    })
    request.end(content)
  })
}

/** Resolves when the endpoint responds at all, or after 10 s: nodes open a new node port with a delay of seconds. */
export async function untilOpen(endpoint: Endpoint): Promise<void> {
  await until('the endpoint responds', () => probe(endpoint, '/').then(Boolean), 10, 200).catch(
    () => undefined,
  )
}

/** Resolves with the certificate that the endpoint presents, trusted or not. */
export function presentedCertificate(endpoint: Endpoint): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const { address: host, port } = endpoint
    const socket = connect({ host, port, servername: hostOf(endpoint), rejectUnauthorized: false })
    socket.setTimeout(5_000, () => socket.destroy(new Error('no response')))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate === undefined) reject(new Error('none'))
      else resolve(certificate)
      socket.destroy()
    })
  })
}
