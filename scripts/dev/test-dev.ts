// `make dev` as its own process, for tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'
import { outcomeOf } from '../cluster/test-programs.ts'

export interface DevOptions {
  readonly dataFolder: string
  readonly port: number
  readonly environment?: Readonly<Record<string, string>>
  /** Of the checkout, if it is another. */
  readonly checkout?: string
}

/** A Vitest inside a Vitest would take the outer one's settings, and so would the functions. */
export const environmentWithoutVitest = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|HOLD_TO_CONTRACT)/.test(name)),
  )

export interface Dev {
  /** Everything that it has printed. */
  readonly output: string
  readonly examples: readonly string[]
  /** Signals the process group, as the terminal does for Ctrl-C; resolves to the exit code. */
  kill(signal: NodeJS.Signals): Promise<number | null>
}

const programOf = ({ checkout = root }: DevOptions) => join(checkout, 'scripts/dev/dev.ts')

const environmentOf = ({ dataFolder, port, environment }: DevOptions) => ({
  ...environmentWithoutVitest(),
  ...{ PORT: String(port), DATA_FOLDER: dataFolder },
  ...environment,
})

/** Resolves when it is ready. Rejects with its output if it ends before. */
export const startDev = (options: DevOptions): Promise<Dev> =>
  untilReady(spawn(process.execPath, [programOf(options)], { env: environmentOf(options), detached: true }))

/** Waits for a `make dev` that was started, in a process group of its own, until it prints how to stop it. */
export async function untilReady(child: ChildProcess): Promise<Dev> {
  const ended = once(child, 'exit').then(([code]) => code)
  let output = ''
  const ready = Promise.withResolvers<void>()
  const read = (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('Ctrl-C')) ready.resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  await Promise.race([ready.promise, ended.then(() => Promise.reject(new Error(output)))])
  return {
    get output() {
      return output
    },
    examples: output.split('\n').filter(line => /^(TOKEN=|curl )/.test(line)),
    kill: signal => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, signal)
      return ended
    },
  }
}

/** Returns the exit code of a start that is refused, and what it printed. */
export const refusedDev = (options: DevOptions) =>
  outcomeOf(process.execPath, [programOf(options)], { env: environmentOf(options) })
