import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'
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
  startProgram(join(import.meta.dirname, '..', '..', name, 'main.ts'), env)

/** The same for another program that logs the port on which it listens. */
export async function startProgram(main: string, env: Variables): Promise<FunctionProcess> {
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  afterAll(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error(lines.join('\n'))))
    createInterface({ input: child.stdout }).on('line', line => {
      lines.push(line)
      const entry = JSON.parse(line)
      if (entry.message === 'listening') resolve(entry.port)
    })
  })
  const pid = child.pid ?? 0
  const status = () => readFileSync(`/proc/${pid}/status`, 'utf8')
  return { port, pid, lines, memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1_024 }
}
