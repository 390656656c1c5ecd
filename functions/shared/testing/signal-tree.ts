import { execFileSync } from 'node:child_process'

/** Signals a process and everything that it started, the process itself first, so that it starts no more. */
export function signalTree(pid: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  const children = new Map<number, number[]>()
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const descend = (from: number): readonly number[] => [from, ...(children.get(from) ?? []).flatMap(descend)]
  for (const one of descend(pid)) {
    try {
      process.kill(one, signal)
    } catch {
      // It has ended by itself.
    }
  }
}
