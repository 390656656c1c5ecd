import { describeError, type Log } from './log.ts'
import { asBackground } from './slots-of-request.ts'

/** Work that continues after the response. A failure is logged; only the end of the process waits for it. */
export interface Background {
  run(name: string, work: () => Promise<unknown>): void
  /** Resolves when all that was begun has ended. */
  settled(): Promise<void>
}

export function createBackground(log: Log): Background {
  const running = new Set<Promise<void>>()
  return {
    run(name, work) {
      const task = asBackground(work).then(
        () => void running.delete(task),
        error => {
          running.delete(task)
          log.error('background work failed', { work: name, ...describeError(error) })
        },
      )
      running.add(task)
    },
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
