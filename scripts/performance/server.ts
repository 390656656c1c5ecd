import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { onServerCore } from './machine.ts'

/** A server process under measurement, pinned to its own core. */
export interface Server {
  readonly port: number
  readonly pid: number
  /** From the spawn to the arrival of the line that says so. */
  readonly listeningMs: number
  readonly loaded: Promise<number>
  readonly startedAtMs: number
  residentBytes(): number
  /** Processor time of all its threads so far, in steps of 10 ms; NaN where /proc is not. */
  processorMs(): number
  stop(): Promise<void>
}

export type Environment = Readonly<Record<string, string>>

/** As the image build does: writes the code cache once, before the first start. */
export function writeCodeCache(file: string, env: Environment): void {
  const warmUp = join(dirname(dirname(file)), 'warm-up/main.mjs')
  const plan = join(dirname(warmUp), `${basename(dirname(file))}.json`)
  // Commits before the code cache fill Node's compile cache, whose folder is in their environment.
  const parameters = existsSync(warmUp) ? [warmUp, file, plan] : [file, '--warm']
  execFileSync(process.execPath, parameters, { env })
}

/** Starts `file`; resolves when it has said that it listens, and where. */
export async function startServer(file: string, env: Environment): Promise<Server> {
  const [command = '', ...parameters] = onServerCore([process.execPath, file])
  const startedAtMs = performance.now()
  const noCompileCache = file.endsWith('cached.cjs') ? { NODE_DISABLE_COMPILE_CACHE: '1' } : {}
  const child = spawn(command, parameters, {
    env: { ...env, ...noCompileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const listening = Promise.withResolvers<{ port: number; ms: number }>()
  const loaded = Promise.withResolvers<number>()
  loaded.promise.catch(() => undefined)
  child.once('error', listening.reject)
  child.once('exit', code => {
    listening.reject(new Error(`${file} ended with ${code} before it listened`))
    loaded.reject(new Error(`${file} ended with ${code}`))
  })
  createInterface({ input: child.stdout }).on('line', line => {
    const port = /"message":"listening","port":(\d+)/.exec(line)?.[1]
    if (port !== undefined) listening.resolve({ port: Number(port), ms: performance.now() - startedAtMs })
    else if (line.includes('"message":"loaded"')) loaded.resolve(performance.now() - startedAtMs)
    else if (/"level":"(error|warn)"/.test(line)) process.stderr.write(`${line}\n`)
  })
  const { port, ms } = await listening.promise
  const pid = child.pid ?? 0
  return {
    port,
    pid,
    listeningMs: ms,
    loaded: loaded.promise,
    startedAtMs,
    residentBytes: () => residentBytes(pid),
    processorMs: () => processorMs(pid),
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function residentBytes(pid: number): number {
  try {
    const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kibibytes) * 1024
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024
  }
}

/** `utime` and `stime` of proc(5), which the kernel counts in hundredths of a second. */
function processorMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}
