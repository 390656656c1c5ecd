import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 250

/** Resolves when the condition holds; what rejects does not hold yet. */
export async function until(what: string, condition: () => Promise<boolean>, seconds = 60): Promise<void> {
  const endMs = performance.now() + seconds * 1_000
  while (!(await condition().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what}: not after ${seconds} s`)
    await sleep(pollMs)
  }
}
