import { request as send } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** Asks a copy that is at zero, and puts together what the client, the API and the function's log say. */
async function wakeOnce({ cluster, watcher, gateway }: Scene, copy: Copy): Promise<Wake> {
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

/**
 * As many wakes as fit in here follow each other before all go to zero together. A copy goes no sooner than its window
 * of 6 s after its request, so none ends beside another's wake: a wake beside an ending pod takes twice as long.
 */
const burstMs = 4_500
/** For what a wake leaves to be done: the Redis client is loaded up to 1 s later, the kubelet reports the pod ready. */
const pauseMs = 1_200

/** Wakes each kind once per round, interleaved; nothing else starts or ends at the same time. */
export function wakeInTurn(
  scene: Scene,
  rounds: number,
  onRound: (round: number) => void,
): Promise<ReadonlyMap<string, Wake[]>> {
  const { watcher, copies } = scene
  let burstEndsMs = 0
  const contenders = copies.map(copy => ({
    name: copy.kind.name,
    measure: async () => {
      await sleep(pauseMs)
      if (performance.now() > burstEndsMs || !watcher.isAtZero(copy.name)) {
        await watcher.allAtZero()
        burstEndsMs = performance.now() + burstMs
      }
      const wake = await wakeOnce(scene, copy)
      // A run takes minutes, and a cluster may go away meanwhile: what was measured is seen at once.
      if (!process.stderr.isTTY) process.stderr.write(`${copy.kind.name} ${JSON.stringify(wake)}\n`)
      return wake
    },
  }))
  return interleave(rounds, contenders, onRound)
}
