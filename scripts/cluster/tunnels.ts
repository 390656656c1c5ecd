// Local ports that last as long as the kubectl behind them.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Json } from '../manifests/json.ts'
import { clusterEnvironment } from './kubectl.ts'

export interface Tunnel {
  readonly port: number
  close(): void
}

function openTunnel(args: readonly string[]): Promise<Tunnel> {
  const child = spawn('kubectl', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...clusterEnvironment() },
  })
  process.once('exit', () => child.kill())
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () =>
      reject(new Error(`kubectl ${args[0]}: ${Buffer.concat(errors).toString().trim()}`)),
    )
    createInterface(child.stdout).on('line', line => {
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1])
      if (port > 0) resolve({ port, close: () => child.kill() })
    })
  })
}

/** Opens a port that leads to one of `target` (pod/…, deployment/…). */
export const forwardPort = (target: string, namespace: string, port: number) =>
  openTunnel(['port-forward', '--namespace', namespace, target, `:${port}`])

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Json
}

/** The API server over plain HTTP: for many small questions one kubectl that stays costs less than one for each. */
export interface Api {
  text(path: string): Promise<string>
  json(path: string): Promise<Json>
  /** Yields the objects under `path` as they are, then each change, until the caller stops or the signal fires. */
  watch(path: string, signal?: AbortSignal): AsyncGenerator<WatchEvent>
  close(): void
}

const timeoutMs = 5_000

/** What the commands read: objects, events, kubelets' summaries, and pods' logs, metrics and Prometheus. Never a Secret. */
const readPaths = [
  '^/apis/[^/]+/[^/]+/namespaces/[^/]+/[a-z]+(/[^/]+)?$',
  '^/api/v1/namespaces/[^/]+/(pods|events)$',
  '^/api/v1/namespaces/[^/]+/pods/[^/]+/(log|proxy/metrics|proxy/api/v1/query)$',
  '^/api/v1/nodes(/[^/]+/proxy/stats/summary)?$',
]

/**
 * Opens the API server with the credentials of KUBECONFIG. Every process of this machine can connect to the port, so
 * kubectl forwards nothing but GET of these paths; it splits both lists at their commas.
 */
export async function openApi(): Promise<Api> {
  const filters = [`--accept-paths=${readPaths.join()}`, '--reject-methods=^[^G]']
  const { port, close } = await openTunnel(['proxy', '--port=0', ...filters])
  const fetchPath = (path: string, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}${path}`, signal && { signal })
  const text = async (path: string) => {
    const response = await fetchPath(path, AbortSignal.timeout(timeoutMs))
    const body = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${body.slice(0, 200)}`)
    return body
  }
  async function* watch(path: string, signal?: AbortSignal): AsyncGenerator<WatchEvent> {
    const response = await fetchPath(`${path}${path.includes('?') ? '&' : '?'}watch=1`, signal)
    if (!response.ok || response.body === null) throw new Error(`${path}: ${response.status}`)
    const body = Readable.fromWeb(response.body)
    try {
      for await (const line of createInterface({ input: body })) yield JSON.parse(line)
    } finally {
      // Ends the connection; a signal that fires later finds nothing to abort.
      body.destroy()
    }
  }
  return { text, json: async path => JSON.parse(await text(path)), watch, close }
}

/** Node ends a response that is silent for 300 s, so a watch is renewed before. */
const quietMs = 240_000

/** Resolves with the first state of the object that `isDone` accepts. */
export async function untilObject(
  api: Api,
  collection: string,
  { name, isDone, timeoutMs }: { name: string; isDone: (object: Json) => boolean; timeoutMs: number },
): Promise<Json> {
  const path = `${collection}?fieldSelector=metadata.name%3D${name}`
  const deadline = AbortSignal.timeout(timeoutMs)
  while (!deadline.aborted) {
    try {
      const signal = AbortSignal.any([deadline, AbortSignal.timeout(quietMs)])
      for await (const { object } of api.watch(path, signal)) if (isDone(object)) return object
    } catch (error) {
      if (!(error instanceof Error && error.name === 'TimeoutError')) throw error
    }
  }
  throw new Error(`${name} is not ready after ${timeoutMs / 1_000} s`)
}
