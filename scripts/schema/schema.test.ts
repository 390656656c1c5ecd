import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../functions/shared/testing/database.ts'
import { dumpSchema } from './dump.ts'

const { ownerUrl } = await createTestDatabase()
const file = join(import.meta.dirname, '..', '..', 'docs', 'schema.sql')

test('docs/schema.sql is what the migrations make; `make schema` writes it', async () => {
  await expect(await dumpSchema(ownerUrl)).toMatchFileSnapshot(file)
})
