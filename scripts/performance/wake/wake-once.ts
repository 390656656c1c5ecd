import { request as send } from 'node:https'
import * as v from 'valibot'
import { interleave } from '../samples.ts'
import { baseline } from './account.ts'
import { type Cluster, type Gateway, namespace } from './cluster.ts'
import type { Copy } from './copies.ts'
import type { Watcher } from './watcher.ts'

export interface Wake {
  readonly totalMs: number
  /** Milliseconds after the request was sent. */
  readonly marks: Readonly<Record<string, number>>
}

/** One HTTPS request on a connection of its own. Rejects unless it is answered with 200. */
export function ask(gateway: Gateway, { kind, host }: Pick<Copy, 'kind' | 'host'>): Promise<void> {
  const { port, ca } = gateway
  const headers = { host: `${host}:${port}`, ...(kind.body && { 'content-type': 'application/json' }) }
  // The certificate is that of the one host; the copies stand behind the same listener.
  const checkServerIdentity = () => undefined
  return new Promise((resolve, reject) => {
    const outgoing = send(
      {
        host: '127.0.0.1',
        servername: gateway.host,
        port,
        ca,
        checkServerIdentity,
        agent: false,
        headers,
        ...pick(kind),
      },
      incoming => {
        let text = ''
        incoming.on('data', (chunk: Buffer) => {
          text += chunk
        })
        incoming.once('end', () => {
          if (incoming.statusCode === 200) resolve()
          else
            reject(
              new Error(`${kind.method} ${host}${kind.path}: ${incoming.statusCode} ${text.slice(0, 200)}`),
            )
        })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(kind.body)
  })
}

const pick = ({ method, path }: Copy['kind']) => ({ method, path })

/** Waits until all copies are at zero, asks, and puts together what the client, the API and the function's log say. */
export async function wakeOnce(
  cluster: Cluster,
  watcher: Watcher,
  gateway: Gateway,
  copy: Copy,
): Promise<Wake> {
  await watcher.allAtZero()
  const sentMs = Date.now()
  const startMs = performance.now()
  await ask(gateway, copy)
  const totalMs = performance.now() - startMs
  const { pod, marks } = watcher.marksSince(copy.name, sentMs)
  const log = copy.kind.name === baseline ? '' : await readLog(cluster, pod)
  const all = new Map([...marks, ...logMarks(log), ['answered', sentMs + totalMs] as const])
  const offsets = [...all].map(([mark, atMs]): [string, number] => [mark, atMs - sentMs])
  return { totalMs, marks: Object.fromEntries(offsets.filter(([, ms]) => ms >= 0 && ms <= totalMs + 1)) }
}

const readLog = (cluster: Cluster, pod: string) =>
  cluster.kubectl('logs', pod, '-n', namespace, '-c', 'user-container').catch(() => '')

const Entry = v.object({
  time: v.string(),
  message: v.string(),
  sinceStartMs: v.optional(v.number()),
  durationMs: v.optional(v.number()),
})

/** The clocks of the node and of this machine are one in kind; elsewhere these marks are off by their difference. */
function logMarks(log: string): readonly (readonly [string, number])[] {
  const marks: [string, number][] = []
  for (const line of log.split('\n').filter(text => text.startsWith('{'))) {
    const { time, message, sinceStartMs, durationMs } = v.parse(Entry, JSON.parse(line))
    const atMs = Date.parse(time)
    if (message === 'listening')
      marks.push(['process start', atMs - (sinceStartMs ?? 0)], ['listening', atMs])
    if (message === 'loaded') marks.push(['loaded', atMs])
    if (message === 'connected to Postgres') marks.push(['Postgres connected', atMs])
    if (message === 'request') {
      marks.push(['request in the function', atMs - (durationMs ?? 0)], ['answer sent', atMs])
      break
    }
  }
  return marks
}

export interface Scene {
  readonly cluster: Cluster
  readonly watcher: Watcher
  readonly gateway: Gateway
  readonly copies: readonly Copy[]
}

/** Wakes each kind once per round, interleaved, with nothing else going on. */
export function wakeInTurn(
  { cluster, watcher, gateway, copies }: Scene,
  rounds: number,
  onRound: (round: number) => void,
): Promise<ReadonlyMap<string, Wake[]>> {
  const contenders = copies.map(copy => ({
    name: copy.kind.name,
    measure: async () => {
      const wake = await wakeOnce(cluster, watcher, gateway, copy)
      // A run takes minutes, and a cluster may go away meanwhile: what was measured is seen at once.
      if (!process.stderr.isTTY) process.stderr.write(`${copy.kind.name} ${JSON.stringify(wake)}\n`)
      return wake
    },
  }))
  return interleave(rounds, contenders, onRound)
}
