import { Pool } from 'pg'
import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createTestDatabase, queryOnce } from '../testing/database.ts'
import { openDatabase } from './database.ts'
import { prepared, run } from './transactions.ts'

const { ownerUrl, urlOf } = await createTestDatabase()

test('two texts under one name do not meet on a connection', async () => {
  const database = await openDatabase({ url: urlOf.iod_posts, poolSize: 1, log: createLog('test', 'error') })
  try {
    for (const text of ['select 1 as n', 'select 2 as n', 'select 1 as n'])
      expect(await database.query({ name: 'select_n', text })).toEqual([{ n: Number(text.charAt(7)) }])
  } finally {
    await database.close()
  }
})

test('a name is one that Postgres does not cut, also of a long label', () => {
  const names = [1, 2].map(n => prepared({ name: 'x'.repeat(100), text: `select ${n}` }).name ?? '')
  expect(new Set(names).size).toBe(2)
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63)
})

test('a column of another type fails one statement of a connection that a pooler keeps', async () => {
  await queryOnce(ownerUrl, 'create schema test; grant usage on schema test to iod_posts')
  await queryOnce(ownerUrl, 'create table test.pages (text text); grant select on test.pages to iod_posts')
  const pool = new Pool({ connectionString: urlOf.iod_posts, max: 1 })
  const client = await pool.connect()
  try {
    const read = () => run(client, { name: 'select_pages', text: 'select text from test.pages' })
    await read()
    await queryOnce(ownerUrl, 'alter table test.pages alter text type varchar(40)')
    await expect(read()).rejects.toThrow('cached plan must not change result type')
    expect(await read()).toEqual([])
  } finally {
    client.release()
    await pool.end()
  }
})
