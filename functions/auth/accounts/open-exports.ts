import { OverloadError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'

/** Each holds a page of up to 2 MB while its client reads: of 256 MiB these take 32. */
const maxOpen = 16
/** A client that takes nothing for that long has gone, or keeps a place from others. */
const idleMs = 30_000
/** Sixteen clients that take a little every 29 s would keep all places; where all are taken, older ones are given up. */
const keptMs = 60_000

interface OpenExport {
  readonly openedMs: number
  stop(): void
}

export interface OpenExports {
  /**
   * Returns an iterable of `pieces`, which fails where they were stopped before their end: by 30 s in which nobody reads, by
   * another export of the account, whose client may have lost the first one, or after a minute by one for which there is no
   * place. Throws 503 when too many are open.
   */
  open(accountId: AccountId, pieces: AsyncGenerator<string>): AsyncIterable<string>
}

export function createOpenExports(now: () => number = () => performance.now()): OpenExports {
  /** The oldest first. */
  const exports = new Map<AccountId, OpenExport>()

  function makeRoom(): void {
    if (exports.size < maxOpen) return
    const [oldest] = exports.values()
    if (oldest === undefined || now() - oldest.openedMs < keptMs) throw new OverloadError()
    oldest.stop()
  }

  return {
    open(accountId, pieces) {
      exports.get(accountId)?.stop()
      makeRoom()
      let isStopped = false
      const release = () => {
        clearTimeout(idle)
        if (exports.get(accountId) === opened) exports.delete(accountId)
      }
      const stop = () => {
        isStopped = true
        release()
        // Frees the page that it holds.
        void pieces.return(undefined).catch(() => undefined)
      }
      const startTimer = () => setTimeout(stop, idleMs).unref()
      let idle = startTimer()
      const opened = { openedMs: now(), stop }
      exports.set(accountId, opened)

      async function next(): Promise<IteratorResult<string, undefined>> {
        clearTimeout(idle)
        const result = await pieces.next().catch(error => {
          release()
          throw error
        })
        if (isStopped) throw new Error('the export was stopped before its last piece')
        if (result.done) release()
        else idle = startTimer()
        return result.done ? { done: true, value: undefined } : result
      }
      async function end(): Promise<IteratorResult<string, undefined>> {
        stop()
        return { done: true, value: undefined }
      }
      return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
    },
  }
}
