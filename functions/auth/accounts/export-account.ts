import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import { DomainError } from '../../shared/domain-error.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import { insertSecurityEvent } from './event-queries.ts'
import { exportedItems, exportLists } from './export-queries.ts'
import { representAccount, requireAccount } from './get-account.ts'
import type { Account } from './schemas.ts'

/**
 * Returns everything stored about the account as one JSON document, in pieces that are read as they are taken. Fails in the
 * middle where `OpenExports` stops it.
 */
export async function exportAccount(
  { db, openExports }: Pick<Dependencies, 'db' | 'openExports'>,
  { actor, caller }: { readonly actor: Actor; readonly caller: Caller },
): Promise<AsyncIterable<string>> {
  const { accountId } = actor
  const account = representAccount(await requireAccount({ db }, { actor }))
  const pieces = openExports.open(accountId, documentPieces(db, accountId, account))
  try {
    const isRecorded = await insertSecurityEvent(db, { accountId, kind: 'data_exported', caller })
    if (!isRecorded) throw new DomainError('invalid_token', {})
    return pieces
  } catch (error) {
    // Nobody will read it, and it would keep its place for half a minute.
    await pieces[Symbol.asyncIterator]().return?.()
    throw error
  }
}

async function* documentPieces(
  db: Queryable,
  accountId: AccountId,
  account: Account,
): AsyncGenerator<string> {
  yield `{"account":${JSON.stringify(account)}`
  for (const list of exportLists) {
    yield `,"${list.name}":[`
    let separator = ''
    for await (const item of exportedItems(db, { accountId, list })) {
      yield `${separator}${item}`
      separator = ','
    }
    yield ']'
  }
  yield '}'
}
