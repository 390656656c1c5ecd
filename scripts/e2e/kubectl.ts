import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const settings = ['--kubeconfig', join(import.meta.dirname, '../../.kube/config'), '--namespace', 'iod']

/** What kubectl printed; rejects when it failed. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('kubectl', [...settings, ...args])
  return stdout.trim()
}

/** Collects what a kubectl watch prints until it is stopped. */
export function watch(...args: readonly string[]): { stop(): Promise<string> } {
  const child = spawn('kubectl', [...settings, ...args, '--watch'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    async stop() {
      child.kill()
      await ended
      return Buffer.concat(chunks).toString().trim()
    },
  }
}
