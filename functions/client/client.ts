import { createCall, createMethods } from './methods.ts'
import { type ItemOf, type ListOperationId, pagesOf } from './pages.ts'
import { createSend, type SendOptions } from './send.ts'
import { createSession } from './session.ts'
import { memoryTokens, type TokenStore } from './tokens.ts'
import type { InputsOf, Operations } from './types.ts'

export interface ClientOptions extends SendOptions {
  /** Memory unless given. */
  readonly tokens?: TokenStore
}

export type Client = Operations & {
  /** The items of all pages of a list; the next page is asked for when its first item is taken. */
  pages<Id extends ListOperationId>(id: Id, ...inputs: InputsOf<Id>): AsyncGenerator<ItemOf<Id>, void, void>
}

/**
 * One method for each operation of the contract: `client.createPost({ body })`. A call resolves to the representation and
 * its `ETag`, rejects with `ApiProblem` for any other response, and with what `fetch` rejects with where there is none.
 *
 * Registering, signing in and refreshing store the tokens, which the calls that need them send; an expired one is renewed
 * once for all calls that wait for it. Reads, `PUT`, `DELETE` and creates (with an `Idempotency-Key` of their own) are sent
 * again after a lost connection, 429, 502, 503 and 504.
 */
export function createClient({ tokens = memoryTokens(), ...options }: ClientOptions): Client {
  const call = createCall(createSession(createSend(options), tokens))
  return { ...createMethods(call), pages: (id, ...[input = {}]) => pagesOf(call, id, input) }
}
