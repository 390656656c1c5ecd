import { expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { createTestDatabase } from '../testing/database.ts'
import { openDatabase } from './database.ts'
import { prepared } from './transactions.ts'

const { urlOf } = await createTestDatabase()

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
