import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { byRole, type DatabaseRole } from '../../registry.ts'
import './services.ts'

export interface TestDatabase {
  readonly ownerUrl: string
  /** What a function gets as DATABASE_URL: its own role, with that role's rights. */
  readonly urlOf: Readonly<Record<DatabaseRole, string>>
}

export const templateDatabase = 'iod_template'

/** A clone of the migrated template, dropped when the calling test file is done. Call it at the top of the file. */
export const createTestDatabase = () => cloneOf(templateDatabase)

/** One without a single migration, for tests of the migrations. */
export const createEmptyDatabase = () => cloneOf('template0')

async function cloneOf(template: string): Promise<TestDatabase> {
  const { postgresUrl, rolePasswords } = inject('services')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // Copied as files: half the CPU time of a copy page by page through the write-ahead log.
  await queryOnce(postgresUrl, `create database ${name} template ${template} strategy file_copy`)
  afterAll(async () => void (await queryOnce(postgresUrl, `drop database ${name} with (force)`)))

  const urlFor = (role: DatabaseRole) => {
    const url = new URL(`/${name}`, postgresUrl)
    url.username = role
    url.password = rolePasswords[role]
    return url.href
  }
  return {
    ownerUrl: new URL(`/${name}`, postgresUrl).href,
    urlOf: byRole(urlFor),
  }
}

/** Nobody may connect to it from now on: a template in use cannot be cloned. */
export async function markAsTemplate(postgresUrl: string): Promise<void> {
  await queryOnce(postgresUrl, `alter database ${templateDatabase} is_template true allow_connections false`)
}

/** A connection of its own, for what belongs to one session. */
export async function connectOwner(ownerUrl: string): Promise<Client> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  return client
}

/** One statement on a connection of its own. */
export async function queryOnce(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return client
    .query<Record<string, unknown>>(text)
    .then(result => result.rows)
    .finally(() => client.end())
}
