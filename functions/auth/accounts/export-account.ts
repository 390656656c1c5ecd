import type { Actor } from '../../shared/access-token.ts'
import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import { insertSecurityEvent } from './event-queries.ts'
import { exportedItems, exportLists } from './export-queries.ts'
import { representAccount, requireAccount } from './get-account.ts'
import { untilEnd } from './open-exports.ts'
import type { Account } from './schemas.ts'

/**
 * Returns everything stored about the account as one JSON document, in pieces that are read as they are taken: to the end,
 * or until the iterator's `return`, which ends the export.
 */
export async function exportAccount(
  { db, openExports }: Pick<Dependencies, 'db' | 'openExports'>,
  { actor, caller }: { readonly actor: Actor; readonly caller: Caller },
): Promise<AsyncIterable<string>> {
  const { accountId } = actor
  const end = openExports.begin(accountId)
  try {
    const account = await requireAccount({ db }, { actor })
    await insertSecurityEvent(db, { accountId, kind: 'data_exported', caller })
    return untilEnd(documentPieces(db, accountId, representAccount(account)), end)
  } catch (error) {
    end()
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
