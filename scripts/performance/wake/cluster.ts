import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type RequestOptions, request as send } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { Missing } from '../bench.ts'

export const namespace = 'iod'
const root = join(import.meta.dirname, '..', '..', '..')
const kubeconfig = process.env['KUBECONFIG'] ?? join(root, '.kube', 'config')

const Config = v.object({
  clusters: v.tuple([
    v.object({ cluster: v.object({ server: v.string(), 'certificate-authority-data': v.string() }) }),
  ]),
  users: v.tuple([
    v.object({ user: v.object({ 'client-certificate-data': v.string(), 'client-key-data': v.string() }) }),
  ]),
})

export interface Cluster {
  kubectl(...parameters: readonly string[]): Promise<string>
  apply(objects: readonly unknown[]): Promise<void>
  /** Calls `onEvent` with each event of the objects under `path`, as it comes in. Returns what ends it. */
  watch(path: string, onEvent: (type: string, object: unknown) => void): () => void
}

/** The cluster that `make up` made, or the one of KUBECONFIG. */
export function connectCluster(): Cluster {
  const run = (parameters: readonly string[], input?: string) =>
    execFileSync('kubectl', ['--kubeconfig', kubeconfig, '--request-timeout=10s', ...parameters], {
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  let text: string
  try {
    run(['get', '--raw', '/readyz'])
    text = run(['config', 'view', '--raw', '--minify', '--output=json'])
  } catch {
    throw new Missing('there is no cluster: `make up` makes one')
  }
  const { clusters, users } = v.parse(Config, JSON.parse(text))
  const decode = (base64: string) => Buffer.from(base64, 'base64')
  const tls: RequestOptions = {
    ca: decode(clusters[0].cluster['certificate-authority-data']),
    cert: decode(users[0].user['client-certificate-data']),
    key: decode(users[0].user['client-key-data']),
  }
  return {
    kubectl: async (...parameters) => {
      const options = { maxBuffer: 64 * 1024 ** 2 }
      const { stdout } = await promisify(execFile)(
        'kubectl',
        ['--kubeconfig', kubeconfig, ...parameters],
        options,
      )
      return stdout
    },
    apply: async objects => {
      const list = { apiVersion: 'v1', kind: 'List', items: objects }
      run(['apply', '--namespace', namespace, '--filename', '-'], JSON.stringify(list))
    },
    watch(path, onEvent) {
      const outgoing = send(new URL(path, clusters[0].cluster.server), tls, incoming => {
        const lines = createInterface({ input: incoming })
        // Ending the watch aborts its answer.
        lines.on('error', () => undefined)
        lines.on('line', line => {
          const { type, object } = v.parse(Event, JSON.parse(line))
          onEvent(type, object)
        })
      })
      outgoing.once('error', () => undefined)
      outgoing.end()
      return () => void outgoing.destroy()
    },
  }
}

const Event = v.object({ type: v.string(), object: v.unknown() })

/** Where the gateway is on this machine, and the certificate authority that signed its certificate. */
export function findGateway() {
  const { hostname, port } = new URL(process.env['BASE_URL'] ?? 'https://api.localhost:8443')
  const file = process.env['CA_FILE'] ?? join(root, '.kube', 'certificates', 'ca.crt')
  let ca: Buffer | undefined
  try {
    ca = readFileSync(file)
  } catch {
    throw new Missing(`${file} is not there: name the certificate authority of the gateway in CA_FILE`)
  }
  return { host: hostname, port: Number(port || 443), ca }
}

export type Gateway = ReturnType<typeof findGateway>
