import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, loadavg, setPriority } from 'node:os'

/** The last core is the server's; load generator, PostgreSQL and Redis share the others. */
const serverCore = cpus().length - 1
const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0

const isRoot = process.getuid?.() === 0

export const onServerCore = (command: readonly string[]): readonly string[] =>
  canPin ? ['taskset', '-c', String(serverCore), ...command] : command

/**
 * Keeps this process, and with it everything that it starts, off the server's core, and puts all of them before what
 * else runs here, a cluster say: which only root may.
 */
export function leaveServerCore(): void {
  if (canPin) execFileSync('taskset', ['-acp', `0-${serverCore - 1}`, String(process.pid)])
  if (isRoot) setPriority(-10)
}

export function describeMachine(): Readonly<Record<string, string>> {
  return {
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    'server pinned to one core': canPin ? 'yes' : 'no',
    'before all else on this machine': isRoot ? 'yes' : 'no',
    'load average before': loadavg()
      .map(load => load.toFixed(1))
      .join(', '),
  }
}

export function describeCommit(folder: string): string {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', folder, ...parameters], { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? ' with changes' : ''}`
}
