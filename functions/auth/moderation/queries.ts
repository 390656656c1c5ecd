import type { Role } from '../../shared/access-token.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { type AccountRow, accountColumns } from '../accounts/queries.ts'

/** Ordered, so that two moderators who act on each other cannot deadlock. */
const lockStatement = {
  name: 'lock_accounts',
  text: `select ${accountColumns} from auth.accounts
    where id in ($1::uuid, $2::uuid) order by id for no key update`,
}

const updateSuspension = {
  name: 'set_suspension',
  text: `update auth.accounts
    set suspended_at = case when $2::text is not null then coalesce(suspended_at, now()) end,
      suspension_reason = $2::text
    where id = $1::uuid`,
}

const updateRole = {
  name: 'set_role',
  text: `update auth.accounts set role = $2::text where id = $1::uuid`,
}

export const lockAccountPair = (
  tx: Queryable,
  { ids: [one, other] }: { readonly ids: readonly [AccountId, AccountId] },
) => tx.query<AccountRow>(lockStatement, [one, other])

/** Suspends the account for `reason`, or restores it when that is null. */
export const setSuspension = (
  tx: Queryable,
  { id, reason }: { readonly id: AccountId; readonly reason: string | null },
) => tx.query(updateSuspension, [id, reason])

export const setRole = (tx: Queryable, { id, role }: { readonly id: AccountId; readonly role: Role }) =>
  tx.query(updateRole, [id, role])
