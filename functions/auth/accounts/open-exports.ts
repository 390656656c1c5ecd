import { OverloadError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'

/** Each holds a page of up to 2 MB while its client reads: of 256 MiB these take 32. */
const maxOpen = 16
/** A client that takes nothing for that long has gone, or keeps a place from others. */
const idleMs = 30_000

export interface OpenExports {
  /**
   * Returns an iterable of `pieces`, which fails where they were stopped before their end: by 30 s in which nobody reads, or
   * by another export of the account, whose client may have lost the first one. Throws 503 when too many are open.
   */
  open(accountId: AccountId, pieces: AsyncGenerator<string>): AsyncIterable<string>
}

export function createOpenExports(): OpenExports {
  const stops = new Map<AccountId, () => void>()

  return {
    open(accountId, pieces) {
      stops.get(accountId)?.()
      if (stops.size >= maxOpen) throw new OverloadError()
      let isStopped = false
      const release = () => {
        clearTimeout(idle)
        if (stops.get(accountId) === stop) stops.delete(accountId)
      }
      const stop = () => {
        isStopped = true
        release()
        // Frees the page that it holds.
        void pieces.return(undefined).catch(() => undefined)
      }
      const startTimer = () => setTimeout(stop, idleMs).unref()
      let idle = startTimer()
      stops.set(accountId, stop)

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
