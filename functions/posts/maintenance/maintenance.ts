import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, type Log } from '../../shared/log.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { asBackground } from '../../shared/slots-of-request.ts'
import { deleteExpiredKeys } from '../idempotency/queries.ts'
import {
  clearEmptiedComments,
  continueErasures,
  deleteUnusedTags,
  deleteUnusedWords,
  findAnyWord,
  updateCounters,
} from './queries.ts'

const intervalMs = 60_000
/** Per kind and interval: a vocabulary of 100,000 words takes some minutes. */
const budgetMs = 250

/** Writes within this time share one run: a busy author would otherwise pay for one with each post. */
const pauseMs = 250

/**
 * Returns a function that does the work due after a write: it updates counters, deletes expired idempotency keys and, once a
 * minute, unreferenced rows: tags without posts, words in no title, the rest of deleted accounts and of long threads. Only
 * writes leave such rows behind, so an idle function has nothing to do. A call during the pause waits for the run that follows
 * it. Runs never overlap: together they would hold connections that requests wait for. A failed run is logged, and repeated
 * by the next write; no call rejects.
 */
export function createMaintenance(
  db: Queryable,
  log: Log,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  const deleteUnused = createCleanup(db, now)
  let startedMs = Number.NEGATIVE_INFINITY
  let next: Promise<void> | undefined
  let last = Promise.resolve()

  async function runAfter(former: Promise<void>): Promise<void> {
    await former
    await sleep(Math.max(0, startedMs + pauseMs - now()), undefined, { ref: false })
    startedMs = now()
    next = undefined
    await Promise.all([updateCounters(db), deleteExpiredKeys(db), deleteUnused()]).catch(error =>
      log.warn('maintenance failed', describeError(error)),
    )
  }

  return () => {
    if (next !== undefined) return next
    const run = asBackground(() => runAfter(last))
    next = run
    last = run
    return run
  }
}

/** Deletes unreferenced rows once a minute, and rejects with the first failure once all kinds have been tried. */
export function createCleanup(db: Queryable, now: () => number): () => Promise<void> {
  let nextMs = now() + intervalMs / 6
  let lastWord: string | undefined

  /** Continues where the last run ended; the first run of a process starts anywhere. False at the end. */
  async function deleteWords(): Promise<boolean> {
    const last = await deleteUnusedWords(db, { from: lastWord ?? (await findAnyWord(db)) })
    lastWord = last ?? ''
    return last !== undefined
  }

  return async () => {
    if (now() < nextMs) return
    nextMs = now() + intervalMs
    await updateCounters(db)
    const failures: unknown[] = []
    for (const deleteSome of [continueErasures, clearEmptiedComments, deleteUnusedTags, deleteWords]) {
      const untilMs = now() + budgetMs
      try {
        while ((await deleteSome(db)) && now() < untilMs);
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
