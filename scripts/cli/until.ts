import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Resolves when the condition holds; what rejects does not hold yet. Rejects after `seconds`, with the last rejection.
 * `pollMs` passes between two attempts.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 60,
  pollMs = 250,
): Promise<void> {
  const endMs = performance.now() + seconds * 1_000
  for (;;) {
    let fault = ''
    try {
      if (await condition()) return
    } catch (error) {
      fault = ` (${error instanceof Error ? error.message : error})`
    }
    if (performance.now() > endMs) throw new Error(`${what}: not after ${seconds} s${fault}`)
    await sleep(pollMs)
  }
}
