// A client outside the cluster: HTTPS to the one host, trusting only the local CA.
import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'

const state = join(import.meta.dirname, '../../.kube')
export const caFile = join(state, 'certificates/ca.crt')
const portsFile = join(state, 'ports.env')
if (existsSync(portsFile)) process.loadEnvFile(portsFile)
export const host = 'api.localhost'
export const httpsPort = Number(process.env['HTTPS_PORT'] ?? 8443)
export const httpPort = Number(process.env['HTTP_PORT'] ?? 8080)

/** A wake on a busy machine takes seconds; more than this is a request that was lost. */
const answerTimeoutMs = 45_000

export interface Ask {
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as the Host header; the TLS name stays the real one. */
  readonly host?: string
  readonly plain?: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
  /** The parsed body; what it holds is checked by each test. */
  json(): unknown
}

let ca: Buffer | undefined
function authority(): Buffer {
  ca ??= readFileSync(caFile)
  return ca
}

/** Not every resolver knows names under localhost, so the address is given here; the name is still what TLS checks. */
const lookup: https.RequestOptions['lookup'] = (_name, options, found) => {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

export function ask(method: string, path: string, options: Ask = {}): Promise<Answer> {
  const body = options.body === undefined ? undefined : JSON.stringify(options.body)
  const headers = {
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
    ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    ...(options.host !== undefined && { host: options.host }),
    ...options.headers,
  }
  const target = { method, path, hostname: host, headers, lookup }
  return new Promise((resolve, reject) => {
    const request = options.plain
      ? http.request({ ...target, port: httpPort, agent: false })
      : https.request({ ...target, port: httpsPort, servername: host, ca: authority(), agent: false })
    request.on('error', reject)
    request.setTimeout(answerTimeoutMs, () => request.destroy(new Error(`${method} ${path}: no answer`)))
    request.on('response', response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text),
        })
      })
    })
    request.end(body)
  })
}
