import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { createLog } from '../shared/log.ts'
import { queryOnce } from '../shared/testing/database.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migrations.ts'

test('the key of a new username is that of the functions, also where the database speaks Turkish', async () => {
  const { postgresUrl, rolePasswords } = inject('services')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await queryOnce(
    postgresUrl,
    `create database ${name} template template0 locale_provider icu icu_locale 'tr' strategy file_copy`,
  )
  afterAll(async () => void (await queryOnce(postgresUrl, `drop database ${name} with (force)`)))
  const url = new URL(`/${name}`, postgresUrl).href
  expect(await queryOnce(url, `select lower('I') as folded`)).toEqual([{ folded: 'ı' }])
  const migrations = readMigrations(join(import.meta.dirname, '..'))
  await migrate({ databaseUrl: url, rolePasswords, migrations, log: createLog('migrate', 'error') })
  await queryOnce(
    url,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash) values ('a', 'a', 'a', 'a', '')`,
  )
  await queryOnce(url, `select auth.change_username(id, 'IRIS', '1 day', 3) from auth.accounts`)
  expect(await queryOnce(url, 'select username_key as key from auth.accounts')).toEqual([{ key: 'iris' }])
})
