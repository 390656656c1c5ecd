import { DomainError, OverloadError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'

/** Each holds a page of up to 2 MB while its client reads: of 256 MiB these take 32. */
const maxOpen = 16

export interface OpenExports {
  /** Counts an export until the returned function is called. Throws 429 for a second one of the account, 503 for too many. */
  begin(accountId: AccountId): () => void
}

export function createOpenExports(): OpenExports {
  const open = new Set<AccountId>()
  return {
    begin(accountId) {
      if (open.has(accountId))
        throw new DomainError('throttled', {
          detail: 'Another export of this account is being read.',
          retryAfterSeconds: 5,
        })
      if (open.size >= maxOpen) throw new OverloadError()
      open.add(accountId)
      return () => void open.delete(accountId)
    },
  }
}

/** Yields what `pieces` yields, and calls `onEnd` also when they fail, or when nobody reads them, not even the first. */
export function untilEnd(pieces: AsyncGenerator<string>, onEnd: () => void): AsyncIterable<string> {
  const iterator: AsyncIterator<string, undefined> = {
    async next() {
      const result = await pieces.next().catch(error => {
        onEnd()
        throw error
      })
      if (!result.done) return result
      onEnd()
      return { done: true, value: undefined }
    },
    async return() {
      onEnd()
      await pieces.return(undefined)
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
