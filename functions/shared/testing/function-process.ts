import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'
import { compileCache } from '../../../scripts/services/compile-cache.ts'
import type { Variables } from '../../environment-of.ts'

export interface FunctionProcess {
  readonly port: number
  readonly pid: number
  /** Each line of its log. */
  readonly lines: readonly string[]
  memoryMb(): number
}

/** Starts a function as its image does, and resolves when it listens; killed when the calling test file is done. */
export const startFunction = (name: string, env: Variables): Promise<FunctionProcess> =>
  startProgram(mainOf(name), env)

/** The same for another program that logs the port on which it listens. */
export async function startProgram(main: string, env: Variables): Promise<FunctionProcess> {
  const { child, lines, logged } = spawnProgram(main, env)
  afterAll(() => void child.kill('SIGKILL'))
  const { port } = await logged('listening')
  const pid = child.pid ?? 0
  const status = () => readFileSync(`/proc/${pid}/status`, 'utf8')
  const memoryMb = () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1_024
  return { port: Number(port), pid, lines, memoryMb }
}

interface SpawnedProcess extends Disposable {
  readonly child: ChildProcess
  readonly lines: readonly string[]
  /** Resolves with the entry of this message, logged already or not; rejects when the process ends without it. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>
  /** Resolves with the exit code when the process has ended and its log is read. */
  readonly exited: Promise<number | null>
}

/** Starts a function without waiting for it to listen; `using` kills it. */
export const spawnFunction = (name: string, env: Variables): SpawnedProcess => spawnProgram(mainOf(name), env)

const mainOf = (name: string) => join(import.meta.dirname, '..', '..', name, 'main.ts')

function spawnProgram(main: string, env: Variables): SpawnedProcess {
  const child = spawn(process.execPath, [main], {
    env: { ...compileCache, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const output = createInterface(child.stdout).on('line', line => lines.push(line))
  // Not 'exit', which may come before the last lines.
  const exited = once(child, 'close').then(() => child.exitCode)
  const entryOf = (message: string) =>
    lines.map(line => JSON.parse(line)).find(candidate => candidate.message === message)

  async function logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    let hasEnded = false
    while (entryOf(message) === undefined) {
      if (hasEnded) throw new Error(lines.join('\n'))
      hasEnded = await Promise.race([exited.then(() => true), once(output, 'line').then(() => false)])
    }
    return entryOf(message)
  }
  return { child, lines, logged, exited, [Symbol.dispose]: () => void child.kill('SIGKILL') }
}
