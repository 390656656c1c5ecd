import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { clusterEnvironment } from './command.ts'

export interface Forward {
  readonly port: number
  close(): void
}

/** A port on this machine that leads to one of `target` (pod/…, deployment/…) in the cluster. */
export function forward(target: string, namespace: string, port: number): Promise<Forward> {
  const child = spawn('kubectl', ['port-forward', '--namespace', namespace, target, `:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...clusterEnvironment() },
  })
  process.once('exit', () => child.kill())
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () =>
      reject(new Error(`port-forward to ${target}: ${Buffer.concat(errors).toString().trim()}`)),
    )
    createInterface(child.stdout).once('line', line => {
      const chosen = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1])
      resolve({ port: chosen, close: () => child.kill() })
    })
  })
}
