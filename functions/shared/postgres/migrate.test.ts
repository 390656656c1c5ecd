import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { createLog } from '../log.ts'
import { createEmptyDatabase, queryOnce } from '../testing/database.ts'
import { migrate } from './migrate.ts'

const parallel = await createEmptyDatabase()
const repeated = await createEmptyDatabase()

function run(databaseUrl: string): Promise<readonly string[]> {
  const { rolePasswords } = inject('services')
  const migrationsFolder = join(import.meta.dirname, 'migrations')
  return migrate({ databaseUrl, rolePasswords, migrationsFolder, log: createLog('migrate', 'error') })
}

test('20 runs at once apply each migration once', async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => run(parallel.ownerUrl)))

  const applied = runs.filter(names => names.length > 0)
  expect(applied).toHaveLength(1)
  const recorded = await queryOnce(parallel.ownerUrl, 'select name from public.migrations order by name')
  expect(recorded.map(row => row['name'])).toEqual(applied[0])
})

test('a second run does nothing', async () => {
  expect(await run(repeated.ownerUrl)).not.toHaveLength(0)
  expect(await run(repeated.ownerUrl)).toEqual([])
})
