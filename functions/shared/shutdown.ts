import { describeError, type Log } from './log.ts'

export interface ShutdownPhase {
  readonly name: string
  readonly timeoutMs: number
  run(): Promise<void>
}

/**
 * Runs the phases one after the other; one that fails or passes its deadline is logged and the next still runs.
 * Resolves to true when all of them ended in time.
 */
export async function runPhases(phases: readonly ShutdownPhase[], log: Log): Promise<boolean> {
  let clean = true
  for (const phase of phases) {
    try {
      await within(phase.timeoutMs, phase.run())
    } catch (error) {
      clean = false
      log.error('shutdown phase failed', { phase: phase.name, ...describeError(error) })
    }
  }
  return clean
}

/** Rejects when the work takes longer, which goes on. */
export async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const deadline = Promise.withResolvers<never>()
  const expire = () => deadline.reject(new Error(`not done after ${timeoutMs} ms`))
  const timer = setTimeout(expire, timeoutMs)
  await Promise.race([work, deadline.promise]).finally(() => clearTimeout(timer))
}

/** Runs the phases and exits at the first SIGTERM or SIGINT. A second one exits at once. */
export function shutDownOnSignal(phases: () => readonly ShutdownPhase[], log: Log): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info('stopping', { signal })
    void runPhases(phases(), log).then(clean => process.exit(clean ? 0 : 1))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
