import { afterAll, expect, it } from 'vitest'
import { createLog } from '../../shared/log.ts'
import { openDatabase } from '../../shared/postgres/database.ts'
import { createTestDatabase } from '../../shared/testing/database.ts'
import { deleteExpiredRows } from './delete-expired-rows.ts'

const testDatabase = await createTestDatabase()
const database = await openDatabase({
  url: testDatabase.urlOf.iod_auth,
  poolSize: 1,
  log: createLog('test', 'error'),
})
afterAll(database.close)

/** One expired row of each kind, and one that is not expired. */
const fill = [
  `insert into auth.accounts (email, email_key, username, username_key, password_hash) values ('a', 'a', 'a', 'a', '')`,
  `insert into auth.sessions (account_id, client, expires_at, ended_at)
    select id, client, now() + interval '1 day' - age, now() - ended from auth.accounts, (values
      ('live', interval '0', null), ('ended lately', interval '0', interval '29 days'),
      ('ended', interval '0', interval '31 days'), ('expired', interval '32 days', null)
    ) as sessions (client, age, ended)`,
  `insert into auth.revocations (session_id, revoked_at)
    values (uuidv7(), now() - interval '21 minutes'), (uuidv7(), now() - interval '61 minutes')`,
  `insert into auth.attempts values ('a', 1, now(), now() - interval '23 hours'), ('b', 1, now(), now() - interval '25 hours')`,
  `insert into auth.events (account_id, kind, address, client, occurred_at)
    select id, 'logged_in', '', '', now() - interval '1 day' * days from auth.accounts, (values (179), (181)) as events (days)`,
  `insert into auth.email_tokens select id, purpose, purpose::bytea, '', now() + interval '1 hour' * hours
    from auth.accounts, (values ('verify_email', 1), ('reset_password', -1)) as tokens (purpose, hours)`,
]
const count = {
  name: 'count_left',
  text: `select (select array_agg(client order by client) from auth.sessions) as sessions,
    (select count(*)::int from auth.revocations where revoked_at < now() - interval '1 minute') as revocations,
    (select count(*)::int from auth.attempts) as attempts,
    (select count(*)::int from auth.events) as events,
    (select array_agg(purpose) from auth.email_tokens) as tokens`,
}

it('deletes expired rows and no others', async () => {
  for (const [index, text] of fill.entries()) await database.query({ name: `fill_${index}`, text })
  await deleteExpiredRows(database)
  const left = {
    sessions: ['ended lately', 'live'],
    revocations: 1,
    attempts: 1,
    events: 1,
    tokens: ['verify_email'],
  }
  expect(await database.query(count)).toEqual([left])
  await deleteExpiredRows(database)
  expect(await database.query(count)).toEqual([left])
})

it('deletes any number of rows in one run', async () => {
  await database.query({
    name: 'fill_many',
    text: `insert into auth.attempts select n::text::bytea, 1, now(), now() - interval '25 hours' from generate_series(1, 3500) n`,
  })
  await deleteExpiredRows(database)
  expect(
    await database.query({ name: 'count_many', text: 'select count(*)::int from auth.attempts' }),
  ).toEqual([{ count: 1 }])
})
