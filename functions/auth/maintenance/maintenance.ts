import { finishErasures } from '../accounts/deletion-queries.ts'
import type { Dependencies } from '../dependencies.ts'
import { deleteExpiredRows } from './delete-expired-rows.ts'

export type MaintenanceDependencies = Pick<Dependencies, 'db' | 'background' | 'outbox'>

/** After the start, which a client waits for, but within the life of an instance that serves a single request. */
const outboxDelayMs = 1_000
const deletionDelayMs = 30_000
const intervalMs = 3_600_000

/** Sends emails that another instance could not send, deletes expired rows and finishes erasures, at the start and hourly. */
export function startMaintenance({ db, background, outbox }: MaintenanceDependencies): { stop(): void } {
  const sendEmails = () => outbox?.drainSoon()
  const deleteRows = () =>
    background.run('delete expired rows', async () => {
      await deleteExpiredRows(db)
      await finishErasures(db)
    })
  const timers = [
    setTimeout(sendEmails, outboxDelayMs),
    setTimeout(deleteRows, deletionDelayMs),
    setInterval(() => {
      sendEmails()
      deleteRows()
    }, intervalMs),
  ]
  for (const timer of timers) timer.unref()
  return { stop: () => timers.forEach(clearTimeout) }
}
