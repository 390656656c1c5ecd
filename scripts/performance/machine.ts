import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, loadavg, setPriority } from 'node:os'

/** The last core is the server's; load generator, PostgreSQL and Redis share the others. */
const serverCore = cpus().length - 1
const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0
const isRoot = process.getuid?.() === 0

/** Returns the program and the arguments that run `command` on the server's core. */
export function onServerCore(...command: readonly string[]): readonly [string, ...string[]] {
  const [program = '', ...parameters] = canPin ? ['taskset', '-c', `${serverCore}`, ...command] : command
  return [program, ...parameters]
}

/** Moves this process and its children off the server's core and, as root, ahead of all else on this machine. */
export function leaveServerCore(): void {
  if (canPin) execFileSync('taskset', ['-acp', `0-${serverCore - 1}`, `${process.pid}`])
  if (isRoot) setPriority(-10)
}

export const describeMachine = (): Readonly<Record<string, string>> => ({
  node: process.version,
  system: `${process.platform} ${process.arch}`,
  processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  'server pinned to one core': canPin ? 'yes' : 'no',
  'raised priority': isRoot ? 'yes' : 'no',
  'load average before': loadavg()
    .map(load => load.toFixed(1))
    .join(', '),
})

/** Returns `unknown` for sources without a repository. */
export function describeCommit(folder: string): string {
  const git = (...parameters: string[]) =>
    spawnSync('git', ['-C', folder, ...parameters], { encoding: 'utf8' })
  const { status, stdout } = git('rev-parse', '--short=12', 'HEAD')
  if (status !== 0) return 'unknown'
  const changes = git('status', '--porcelain', '--untracked-files=no').stdout
  return `${stdout.trim()}${changes === '' ? '' : ' with changes'}`
}
