import { type SpawnOptions, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../manifests/json.ts'

export const root = join(import.meta.dirname, '../..')

/** A program ended with a fault; the message is the line that it wrote about it. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly output: string
  constructor(command: string, output: string) {
    const lines = output.trim().split('\n')
    super(`${command}: ${lines.find(line => /error/i.test(line)) ?? lines.at(-1) ?? ''}`)
    this.output = output
  }
}

export interface RunOptions {
  readonly input?: string
  /** Shows the program's own output instead of collecting it. */
  readonly shown?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

/** What the program wrote. Nothing is given to it to ask for: its input is `input` or nothing. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const settings: SpawnOptions = {
    stdio: ['pipe', options.shown ? 'inherit' : 'pipe', options.shown ? 'inherit' : 'pipe'],
    env: { ...process.env, ...options.environment },
    cwd: root,
  }
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, settings)
    const chunks: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
    child.on('error', reject)
    child.on('close', code => {
      const written = Buffer.concat(chunks).toString()
      if (code === 0) resolve(written)
      else
        reject(new CommandError(`${program} ${args[0] ?? ''}`, Buffer.concat(errors).toString() || written))
    })
  })
}

/** The cluster that KUBECONFIG names, otherwise the local one of `make up`, otherwise kubectl's own choice. */
export function clusterEnvironment(): Readonly<Record<string, string>> {
  const local = join(root, '.kube/config')
  return process.env['KUBECONFIG'] === undefined && existsSync(local) ? { KUBECONFIG: local } : {}
}

export const kubectl = (args: readonly string[], options: RunOptions = {}) =>
  run('kubectl', ['--request-timeout=30s', ...args], { ...options, environment: clusterEnvironment() })

/** kubectl for what takes its time: rollouts, waits, logs that are followed. */
export const kubectlSlowly = (args: readonly string[], options: RunOptions = {}) =>
  run('kubectl', args, { ...options, environment: clusterEnvironment() })

export const kn = (args: readonly string[], options: RunOptions = {}) =>
  run('kn', args, { ...options, environment: clusterEnvironment() })

/** An object or a list as the API server gives it; undefined where there is none. */
export async function get(...args: readonly string[]): Promise<Json | undefined> {
  const written = await kubectl(['get', ...args, '--ignore-not-found', '--output=json'])
  return written.trim() === '' ? undefined : JSON.parse(written)
}

/** Whether the program can be found on PATH. */
export const isInstalled = (program: string) =>
  (process.env['PATH'] ?? '').split(':').some(folder => folder !== '' && existsSync(join(folder, program)))
