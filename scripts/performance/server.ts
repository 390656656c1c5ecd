import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Variables } from '../../functions/environment-of.ts'
import { cpuMsOf } from './cpu-time.ts'
import { onServerCore } from './machine.ts'

export interface LogLine {
  readonly text: string
  /** When it arrived, in milliseconds since the process was spawned. */
  readonly ms: number
}

/** A server process under measurement, pinned to a core of its own. */
export type Server = Awaited<ReturnType<typeof startServer>>

/** Starts `node file`; resolves when the process has logged the port that it listens on. */
export async function startServer(file: string, env: Variables, nodeArguments: readonly string[] = []) {
  const [program, ...parameters] = onServerCore(process.execPath, ...nodeArguments, file)
  const waiting = new Map<string, PromiseWithResolvers<LogLine>>()
  /** Resolves with the next line of the log that has this message. */
  function nextLine(message: string): Promise<LogLine> {
    const waiter = waiting.get(message) ?? Promise.withResolvers<LogLine>()
    waiting.set(message, waiter)
    waiter.promise.catch(() => undefined)
    return waiter.promise
  }
  const [listens, loaded] = [nextLine('listening'), nextLine('loaded')]
  let faults = 0
  const spawnedAtMs = performance.now()
  const child = spawn(program, parameters, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
  }
  child.once('error', fail)
  child.once('exit', code => fail(new Error(`${file} ended with ${code}`)))
  createInterface(child.stdout).on('line', text => {
    const message = /"message":"([^"]*)"/.exec(text)?.[1] ?? ''
    waiting.get(message)?.resolve({ text, ms: performance.now() - spawnedAtMs })
    waiting.delete(message)
    // Under overload each refused request logs an error: the first ones are enough.
    if (/"level":"(?:error|warn)"/.test(text) && ++faults <= 3) process.stderr.write(`${text}\n`)
  })
  const listening = await listens
  const pid = child.pid ?? 0
  return {
    port: Number(/"port":(\d+)/.exec(listening.text)?.[1]),
    pid,
    listening,
    loaded,
    spawnedAtMs,
    nextLine,
    residentBytes: () =>
      Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`], { encoding: 'utf8' })) * 1024,
    /** CPU time of all its threads so far; NaN without /proc. */
    cpuMs: () => cpuMsOf(pid),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
