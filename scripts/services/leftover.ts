import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { until } from '../cli/until.ts'

const stopTimeoutSeconds = 10

/**
 * Stops a server that an earlier run left on `folder`, and removes its pid file. The pid may belong to another process
 * by now, so only a process whose arguments name this folder is stopped.
 */
export async function stopLeftover(
  pidFile: string,
  folder: string,
  signal: 'SIGINT' | 'SIGTERM',
): Promise<void> {
  if (!existsSync(pidFile)) return
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  if (pid > 1 && worksOn(pid, folder)) {
    process.kill(pid, signal)
    const isGone = () => !worksOn(pid, folder)
    await until('the server of an earlier run has stopped', isGone, stopTimeoutSeconds, 50).catch(() =>
      process.kill(pid, 'SIGKILL'),
    )
  }
  rmSync(pidFile, { force: true })
}

/** False for a process that has exited, even before its parent has reaped it. */
function worksOn(pid: number, folder: string): boolean {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      folder,
    )
  } catch {
    return false
  }
}
