import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { until } from '../cli/until.ts'

const stopTimeoutSeconds = 10

/**
 * Stops a server that an earlier run left on `folder`, and removes its pid file. The pid may belong to another process
 * by now, so only a process that works in this folder is stopped.
 */
export async function stopLeftover(
  pidFile: string,
  folder: string,
  signal: 'SIGINT' | 'SIGTERM',
): Promise<void> {
  if (!existsSync(pidFile)) return
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  if (pid > 1 && worksIn(pid, folder)) {
    process.kill(pid, signal)
    const isGone = () => !worksIn(pid, folder)
    await until('the server of an earlier run has stopped', isGone, stopTimeoutSeconds, 50).catch(() =>
      process.kill(pid, 'SIGKILL'),
    )
  }
  rmSync(pidFile, { force: true })
}

/** False for a process that has exited, even before its parent has reaped it. */
function worksIn(pid: number, folder: string): boolean {
  try {
    if (process.platform === 'darwin') {
      const listing = execFileSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], {
        encoding: 'utf8',
      })
      return listing.split('\n').includes(`n${folder}`)
    }
    return (
      workingFolder(pid) === folder ||
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder)
    )
  } catch {
    return false
  }
}

/** Root in a container cannot inspect another user's process; the arguments of Postgres also contain the folder. */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
