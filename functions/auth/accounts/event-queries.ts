import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { SecurityEventKind } from './schemas.ts'

export interface SecurityEventRow extends Caller {
  readonly id: string
  readonly kind: SecurityEventKind
  readonly occurredAt: Date
}

/** Waits for a deletion of the account: its foreign key would, and then fail. */
const insertStatement = {
  name: 'insert_event',
  text: `insert into auth.events (account_id, kind, address, client)
    select id, $2::text, $3::text, $4::text from auth.accounts where id = $1::uuid for key share
    returning id`,
}

const selectStatement = {
  name: 'select_events',
  text: `select id, kind, address, client, occurred_at as "occurredAt"
    from auth.events
    where account_id = $1::uuid and id < $2::uuid
    order by id desc
    limit $3::int`,
}

export interface NewSecurityEvent {
  readonly accountId: AccountId
  readonly kind: SecurityEventKind
  readonly caller: Caller
}

/** Records the event; returns false when the account is gone. */
export const insertSecurityEvent = async (
  db: Queryable,
  { accountId, kind, caller: { address, client } }: NewSecurityEvent,
): Promise<boolean> => (await db.query(insertStatement, [accountId, kind, address, client])).length === 1

/** Returns the events before the id `before`, newest first. */
export const findSecurityEvents = (
  db: Queryable,
  {
    accountId,
    before,
    limit,
  }: { readonly accountId: AccountId; readonly before: string; readonly limit: number },
) => db.query<SecurityEventRow>(selectStatement, [accountId, before, limit])
