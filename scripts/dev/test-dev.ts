// `make dev` as its own process, for tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'

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

function run({ dataFolder, port, environment, checkout = root }: DevOptions): ChildProcess {
  const env = { ...environmentWithoutVitest(), PORT: String(port), DATA_FOLDER: dataFolder, ...environment }
  return spawn(process.execPath, [join(checkout, 'scripts/dev/dev.ts')], { env, detached: true })
}

/** Resolves when it is ready. Rejects with its output if it ends before. */
export const startDev = (options: DevOptions): Promise<Dev> => untilReady(run(options))

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

/** Returns the exit code and the message of a start that is refused. */
export async function refusedDev(options: DevOptions) {
  const child = run(options)
  let message = ''
  child.stdout?.on('data', chunk => (message += chunk))
  child.stderr?.on('data', chunk => (message += chunk))
  const [code] = await once(child, 'close')
  return { code, message }
}
