import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '../log.ts'
import { connectOwner, createTestDatabase } from '../testing/database.ts'
import { createTcpProxy } from '../testing/tcp-proxy.ts'
import { type Database, openDatabase, type Statement } from './database.ts'

const { ownerUrl, urlOf } = await createTestDatabase()
const url = new URL(urlOf.iod_posts)
const proxy = await createTcpProxy({ host: url.hostname, port: Number(url.port) })
url.port = String(proxy.port())
const databaseName = new URL(ownerUrl).pathname.slice(1)
const owner = await connectOwner(ownerUrl)
afterAll(() => owner.end())
await owner.query('create schema test; grant usage on schema test to iod_posts')
await owner.query('create table test.written (id int primary key, way text)')
await owner.query('grant all on test.written to iod_posts')

const log = createLog('test', 'error', () => undefined)
let database: Database
beforeEach(async () => {
  proxy.set('open')
  await owner.query('truncate test.written')
  const opened = await openDatabase({ url: url.href, poolSize: 3, log })
  database = opened
  await Promise.all([1, 2, 3].map(() => database.query({ name: '', text: 'select pg_sleep(0.05)' })))
  return () => opened.close()
})

const one = { name: '', text: 'select 1 as n' }
const slowRead = { name: '', text: 'select 1 as n from pg_sleep(0.2)' }
const insert = { name: '', text: `insert into test.written select 1, 'insert' from pg_sleep(0.2)` }
const insertOnce = { ...insert, text: `${insert.text} on conflict do nothing`, isIdempotent: true }
const slowInsert = { name: '', text: `insert into test.written values (1, 'transaction')` }

/** Resolves when the statement is being carried out. */
const running = ({ text }: Statement) =>
  vi.waitFor(async () => {
    const { rowCount } = await owner.query(
      `select from pg_stat_activity where state = 'active' and query = $1`,
      [text],
    )
    expect(rowCount).toBeGreaterThan(0)
  }, 10_000)
const terminateAll = () =>
  owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'iod_posts' and datname = current_database()`,
  )
const written = async () => (await owner.query('select way from test.written')).rows.map(({ way }) => way)

describe('connections that Postgres terminates', () => {
  test('while they are idle, are not noticed by the next request', async () => {
    await terminateAll()
    expect(await Promise.all([database.query(one), database.query(one)])).toHaveLength(2)
  })

  test.each<[string, Statement]>([
    ['a read', slowRead],
    ['a write of one statement', insert],
    ['an idempotent write', insertOnce],
  ])('while they carry out %s, which is done once more, and once', async (_, statement) => {
    const answer = database.query(statement)
    await running(statement)
    await terminateAll()
    await answer
    expect(await written()).toEqual(statement === slowRead ? [] : ['insert'])
  })

  test('within a transaction, which begins again from its start', async () => {
    let runs = 0
    const work = database.transaction(async on => {
      runs += 1
      await on.query(slowInsert)
      return on.query(slowRead)
    })
    await running(slowRead)
    await terminateAll()
    expect(await work).toEqual([{ n: 1 }])
    expect(runs).toBe(2)
    expect(await written()).toEqual(['transaction'])
  })
})

describe('connections that are reset, whatever Postgres did', () => {
  async function reset(): Promise<void> {
    proxy.set('resets')
    proxy.set('open')
  }

  test.each<[string, Statement]>([
    ['a read', slowRead],
    ['an idempotent write', insertOnce],
  ])('while they carry out %s, which is sent once more', async (_, statement) => {
    const answer = database.query(statement)
    await running(statement)
    await reset()
    await answer
    expect(await written()).toEqual(statement === slowRead ? [] : ['insert'])
  })

  test('while they carry out a write, which is not sent again', async () => {
    const answer = database.query(insert)
    const refused = expect(answer).rejects.toMatchObject({ name: 'DomainError', code: 'unavailable' })
    await running(insert)
    await reset()
    await refused
    await vi.waitFor(async () => expect(await written()).toEqual(['insert']), 10_000)
  })

  test.each([true, false])('within a transaction, which begins again if it is idempotent: %s', async is => {
    let runs = 0
    const work = database.transaction(
      async on => {
        runs += 1
        await on.query(slowInsert)
        return on.query(slowRead)
      },
      { isIdempotent: is },
    )
    const outcome = work.then(
      () => 'done',
      error => error.code,
    )
    await running(slowRead)
    await reset()
    expect(await outcome).toBe(is ? 'done' : 'unavailable')
    expect(runs).toBe(is ? 2 : 1)
  })
})

test('a server that became a replica is left for its successor, by the write that finds out', async () => {
  // A setting of the role holds for new sessions only: those of the pool stay on the "replica".
  const setting = `alter role iod_posts in database ${databaseName} set default_transaction_read_only`
  await owner.query(`${setting} = on`)
  const demoted = await openDatabase({ url: url.href, poolSize: 3, log })
  try {
    await Promise.all([1, 2, 3].map(() => demoted.query({ name: '', text: 'select pg_sleep(0.05)' })))
    await owner.query(`${setting} to default`)
    await demoted.query(insert)
    expect(await written()).toEqual(['insert'])
    // No other connection to it is left either.
    await Promise.all(
      [2, 3, 4].map(id =>
        demoted.query({ name: '', text: `insert into test.written select ${id}, 'x' from pg_sleep(0.05)` }),
      ),
    )
  } finally {
    await owner.query(`${setting} to default`)
    await demoted.close()
  }
})

test('where all servers are read-only, writes are refused, reads go on, and nothing is left half done', async () => {
  await terminateAll()
  await owner.query(`alter database ${databaseName} set default_transaction_read_only = on`)
  try {
    await terminateAll()
    for (let n = 0; n < 5; n += 1) {
      await expect(database.query(insert)).rejects.toMatchObject({ code: 'unavailable' })
      expect(await database.query(one)).toEqual([{ n: 1 }])
    }
  } finally {
    await owner.query('set default_transaction_read_only = off')
    await owner.query(`alter database ${databaseName} reset default_transaction_read_only`)
  }
  const backMs = performance.now()
  await vi.waitFor(() => database.query(insert), { timeout: 10_000, interval: 100 })
  expect(performance.now() - backMs).toBeLessThan(10_000)
  expect(await written()).toEqual(['insert'])
}, 20_000)

test.each([
  ['statement', (on: Statement) => database.query(on, [1])],
  ['transaction', (on: Statement) => database.transaction(tx => tx.query(on, [1]))],
])('a column that a migration gave another type fails no %s on a connection from before', async (_, read) => {
  const statement = { name: 'select_way', text: 'select way from test.written where id = $1' }
  await owner.query(`insert into test.written values (1, 'here')`)
  const readOften = () => Promise.all([1, 2, 3, 4, 5, 6].map(() => read(statement)))
  const before = await readOften()
  await owner.query('alter table test.written alter way type varchar(40)')
  expect(await readOften()).toEqual(before)
  await owner.query('alter table test.written alter way type text')
})

test('a transaction that Postgres ended for a deadlock is repeated', async () => {
  await owner.query(`insert into test.written values (1, 'a'), (2, 'b')`)
  const other = await connectOwner(ownerUrl)
  // It never looks for a deadlock in time, so that the function's transaction finds it, and is the one that ends.
  await other.query(`set deadlock_timeout = '60s'; begin; update test.written set way = 'other' where id = 1`)
  const update = (id: number) => ({ name: '', text: `update test.written set way = 'own' where id = ${id}` })
  const waiting = { name: '', text: `update test.written set way = 'other' where id = 2` }
  let runs = 0
  const ends: Promise<unknown>[] = []
  await database.transaction(async tx => {
    runs += 1
    await tx.query(update(2))
    if (runs === 1) {
      ends.push(other.query(waiting.text).then(() => other.query('commit')))
      await running(waiting)
    }
    await tx.query(update(1))
  })
  await Promise.all(ends)
  expect(runs).toBe(2)
  const { rows } = await owner.query('select way from test.written')
  expect(rows).toEqual([{ way: 'own' }, { way: 'own' }])
  await other.end()
})
