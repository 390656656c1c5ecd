import { afterAll, expect, it } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { openDatabase } from '../../shared/postgres/database.ts'
import { createTestDatabase } from '../../shared/testing/database.ts'
import { deleteExpiredRows } from './delete-expired-rows.ts'

const log = createLog('test', 'error')
const testDatabase = await createTestDatabase()
const database = await openDatabase({ url: testDatabase.urlOf.iod_auth, poolSize: 1, log })
afterAll(database.close)

it('deletes what no request can read any more, and nothing else', async () => {
  await database.query({
    name: 'fill',
    text: `with account as (
        insert into auth.accounts (email, email_key, username, username_key, password_hash)
        values ('a@a', 'a@a', 'a', 'a', '') returning id
      ), sessions as (
        insert into auth.sessions (account_id, client, expires_at, ended_at)
        select id, client, expires_at, ended_at from account, (values
          ('live', now() + interval '1 day', null),
          ('ended', now() + interval '1 day', now() - interval '31 days'),
          ('expired', now() - interval '31 days', null),
          ('lately', now() + interval '1 day', now() - interval '1 day')
        ) as session (client, expires_at, ended_at)
      ), events as (
        insert into auth.events (account_id, kind, address, client, occurred_at)
        select id, kind, '', '', now() - age from account, (values
          ('old', interval '181 days'), ('new', interval '1 day')
        ) as event (kind, age)
      ), attempts as (
        insert into auth.attempts (subject, tries, open_at, last_at) values
          ('\\x01', 1, now(), now() - interval '2 days'), ('\\x02', 1, now(), now())
      )
      insert into auth.former_usernames (username_key, held_until) values
        ('over', now() - interval '1 minute'), ('held', now() + interval '1 minute')`,
  })
  await deleteExpiredRows(database)
  const left = await database.query<{ left: string }>({
    name: 'left',
    text: `select client as left from auth.sessions
      union all select kind from auth.events
      union all select encode(subject, 'hex') from auth.attempts
      union all select username_key from auth.former_usernames
      order by 1`,
  })
  expect(left.map(row => row.left)).toEqual(['02', 'held', 'lately', 'live', 'new'])
})
