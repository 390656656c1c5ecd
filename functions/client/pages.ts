import { asContract, type Call } from './methods.ts'
import type { OperationId } from './operations.ts'
import type { CallInput } from './send.ts'
import type { OutputOf } from './types.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** Operations that respond with a page: `items` and `nextCursor`. */
export type ListOperationId = {
  [Id in OperationId]: OutputOf<Id> extends Page<unknown> ? Id : never
}[OperationId]

export type ItemOf<Id extends ListOperationId> = OutputOf<Id> extends Page<infer Item> ? Item : never

/** Follows `nextCursor` until it is null. */
export async function* pagesOf<Id extends ListOperationId>(
  call: Call,
  id: Id,
  input: CallInput,
): AsyncGenerator<ItemOf<Id>, void, void> {
  let query = input.query
  for (;;) {
    const { data } = await call(id, { ...input, ...(query && { query }) })
    const { items, nextCursor } = asContract<Page<ItemOf<Id>>>(data)
    yield* items
    if (nextCursor === null) return
    query = { ...input.query, cursor: nextCursor }
  }
}
