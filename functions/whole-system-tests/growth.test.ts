import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames, functions } from '../registry.ts'
import type { AclSelector } from '../shared/redis/access.ts'
import { createTestDatabase, queryOnce } from '../shared/testing/database.ts'
import { createTestRedis, keysWithoutEnd } from '../shared/testing/redis.ts'

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'growth.md'), 'utf8')
/** The first column of each section's table. */
const documented = new Map(
  document
    .split(/^## /m)
    .slice(1)
    .map(section => [
      section.split('\n', 1)[0],
      [...section.matchAll(/^\| `([^`]+)`/gm)].map(match => match[1]),
    ]),
)

test('docs/growth.md says of each table what removes from it, and of no other', async () => {
  const { ownerUrl } = await createTestDatabase()
  const rows = await queryOnce(
    ownerUrl,
    `select table_schema as schema, array_agg(table_name::text order by table_name) as tables
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema in (${functionNames.map(name => `'${name}'`).join()})
    group by table_schema`,
  )
  expect(rows).toHaveLength(functionNames.length)
  for (const { schema, tables } of rows) {
    expect(documented.get(String(schema))?.toSorted(), String(schema)).toEqual(tables)
  }
})

/** Redis refuses a function every key that its access does not name, so these are all that there are. */
const keySpacesOf = (selectors: readonly AclSelector[]) =>
  new Set(selectors.flatMap(selector => [...selector.matchAll(/~(iod:[a-z]+)/g)].map(match => match[1])))
const documentedSpaces = new Set(documented.get('Redis')?.map(keys => keys?.replace(':…', '')))

test('and of each key space of Redis, and of no other', () => {
  expect(documentedSpaces).toEqual(keySpacesOf(functions.flatMap(({ redisAccess }) => redisAccess)))
  expect(documentedSpaces).not.toEqual(keySpacesOf(['(~iod:planted:* +set)']))
})

test('every key of Redis has an end, as each test file checks of the keys that it leaves', async () => {
  const { ownerUrl } = await createTestRedis()
  expect(await keysWithoutEnd(ownerUrl)).toEqual([])
  const { Redis } = await import('ioredis')
  const redis = new Redis(ownerUrl)
  await redis.set('iod:cache:planted', 'for ever')
  await redis.set('iod:cache:right', 'for a minute', 'EX', 60)
  expect(await keysWithoutEnd(ownerUrl)).toEqual(['iod:cache:planted'])
  await redis.del('iod:cache:planted')
  redis.disconnect()
})
