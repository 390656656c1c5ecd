import type { Caller } from '../../shared/caller.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Database, Queryable } from '../../shared/postgres/database.ts'

export const eventKinds = [
  'registered',
  'logged_in',
  'log_in_failed',
  'logged_out',
  'session_ended',
  'sessions_ended',
  'refresh_token_reused',
  'password_changed',
  'password_reset',
  'email_changed',
  'email_verified',
  'username_changed',
  'data_exported',
  'role_changed',
  'suspended',
  'restored',
] as const
export type EventKind = (typeof eventKinds)[number]

export interface SecurityEvent extends Caller {
  readonly id: string
  readonly kind: EventKind
  readonly occurredAt: Date
}

const insertEvent = {
  name: 'insert_event',
  text: `insert into auth.events (account_id, kind, address, client)
    select $1::uuid, $2::text, $3::text, $4::text
    where exists (select from auth.accounts where id = $1::uuid)`,
}

const selectEvents = {
  name: 'select_events',
  text: `select id, kind, address, client, occurred_at as "occurredAt"
    from auth.events
    where account_id = $1::uuid and id < $2::uuid
    order by id desc
    limit $3::int`,
}

export function createEventStore(database: Database) {
  return {
    /** In the transaction of what happened, or by itself. */
    insert: (account: AccountId, kind: EventKind, { address, client }: Caller, on: Queryable = database) =>
      on.query(insertEvent, [account, kind, address, client]),
    /** The newest first, from before `before` on. */
    list: (account: AccountId, before: string, limit: number) =>
      database.query<SecurityEvent>(selectEvents, [account, before, limit]),
  }
}

export type EventStore = ReturnType<typeof createEventStore>
