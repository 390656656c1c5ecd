import type { Background } from '../../shared/background.ts'
import type { Outbox } from '../emails/outbox.ts'

export interface ChoresOptions {
  readonly outbox: Outbox | undefined
  readonly clean: () => Promise<void>
  readonly background: Background
}

/** Not with the start, which somebody is waiting for, but within the life of an instance that answers one request. */
const outboxDelayMs = 1_000
const cleanDelayMs = 30_000
const intervalMs = 3_600_000

/** What is to be done without anyone asking: mails that another instance could not send, and rows past their time. */
export function startChores({ outbox, clean, background }: ChoresOptions): { stop(): void } {
  const tidy = () => background.run('remove old rows', clean)
  const hourly = () => {
    outbox?.drainSoon()
    tidy()
  }
  const timers = [
    setTimeout(() => outbox?.drainSoon(), outboxDelayMs),
    setTimeout(tidy, cleanDelayMs),
    setInterval(hourly, intervalMs),
  ]
  for (const timer of timers) timer.unref()
  return { stop: () => timers.forEach(clearTimeout) }
}
