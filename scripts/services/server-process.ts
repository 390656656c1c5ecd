import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { StartFailure } from './start-failure.ts'

export interface ServerOptions {
  readonly name: string
  readonly command: readonly string[]
  /** The server's working folder is its data folder. */
  readonly folder: string
  /** Printed by the server when it accepts connections. */
  readonly readyText: string
  readonly stopSignal: 'INT' | 'TERM'
  readonly removeWhenStopped?: readonly string[]
  /** What a person can do if it does not start. */
  readonly remedy: string
  readonly onOutput?: ((text: string) => void) | undefined
}

export interface ServerProcess {
  /** Resolves when the server has exited for any reason. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** The server did not start; `output` is everything it printed. */
export class ServerFailure extends StartFailure {
  readonly output: string

  constructor(options: Pick<ServerOptions, 'name' | 'remedy'>, output: string) {
    const lines = output.trim().split('\n')
    const reason = lines.findLast(line => mark.test(line)) ?? lines.at(-1)
    const isFull = reason?.includes('No space left on device')
    const remedy = isFull ? 'free some space, then start again' : options.remedy
    super(`${options.name} did not start (${reason?.replace(mark, '') ?? 'no output'}): ${remedy}.`)
    this.output = output
  }
}

/** How PostgreSQL, initdb and Redis begin the line with the reason. */
const mark = /^.*?(FATAL: |PANIC: |error: |# )\s*/

const startTimeoutMs = 60_000
const stopTimeoutMs = 15_000

// Its own session keeps Ctrl-C in the terminal away from the server, which must outlive the functions. Standard input
// ties the server to this process: our end closes when we stop the server, and also on kill -9.
const tether = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(read -r _ <&3; kill -s "$TETHER_SIGNAL" "$server") 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
[ -z "$TETHER_REMOVE" ] || printf '%s\\n' "$TETHER_REMOVE" | while read -r path; do rm -rf "$path"; done
exit "$status"
`

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = spawn('/bin/sh', ['-c', tether, options.name, ...options.command], {
    cwd: options.folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LC_ALL: 'C',
      TETHER_SIGNAL: options.stopSignal,
      TETHER_REMOVE: (options.removeWhenStopped ?? []).join('\n'),
    },
  })
  const ended = once(child, 'close').then(() => undefined)
  await outputSays(child, options)
  return { ended, stop: () => stop(child, ended) }
}

async function outputSays(child: ChildProcess, options: ServerOptions): Promise<void> {
  const { readyText, onOutput } = options
  const ready = Promise.withResolvers<void>()
  let output = ''
  const read = (chunk: Buffer) => {
    onOutput?.(chunk.toString())
    if (output.length < 100_000) output += chunk.toString()
    if (output.includes(readyText)) ready.resolve()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  child.once('error', ready.reject)
  child.once('close', () => ready.reject(new ServerFailure(options, output)))
  const timer = setTimeout(() => {
    child.stdin?.end()
    ready.reject(new ServerFailure(options, `${output}\nnot ready after ${startTimeoutMs / 1000} s`))
  }, startTimeoutMs)
  await ready.promise.finally(() => clearTimeout(timer))
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end()
  const late = setTimeout(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, stopTimeoutMs)
  await ended
  clearTimeout(late)
}
