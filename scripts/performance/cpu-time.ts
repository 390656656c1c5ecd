import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time of all threads of a process so far, in milliseconds: the scheduler counts nanoseconds, where stat(5) counts
 * hundredths of a second. NaN without /proc.
 */
export function cpuMsOf(pid: number): number {
  try {
    const folder = `/proc/${pid}/task`
    return readdirSync(folder).reduce((sum, thread) => sum + runMsOf(`${folder}/${thread}`), 0)
  } catch {
    return Number.NaN
  }
}

/** The same of the processes that `pid` has started, as Postgres does for each connection. */
export function cpuMsOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return children.reduce((sum, child) => sum + runMsOf(`/proc/${child}`), 0)
  } catch {
    return Number.NaN
  }
}

const runMsOf = (folder: string) =>
  Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ', 1)[0]) / 1_000_000
