// A backup or a restore while another command changes the schema.
import { join } from 'node:path'
import type { Client } from 'pg'
import { expect, inject, test, vi } from 'vitest'
import { seed } from '../../scripts/seed/run.ts'
import { tryLock, tryShareLock } from '../migrate/advisory-locks.ts'
import { migrate } from '../migrate/migrate.ts'
import { type Migration, readMigrations } from '../migrate/migrations.ts'
import { functionNames } from '../registry.ts'
import { createLog } from '../shared/log.ts'
import {
  connectOwner,
  createEmptyDatabase,
  createTestDatabase,
  queryOnce,
} from '../shared/testing/database.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'
import { type ArchiveWriter, archiveFile, openArchive, writeArchive } from './archive.ts'
import { dump } from './dump.ts'
import { tableName } from './manifest.ts'
import { restore } from './restore.ts'

const { ownerUrl } = await createTestDatabase()
const empty = await createEmptyDatabase()
const shared = await createEmptyDatabase()
const unowned = await createEmptyDatabase()
const file = join(createTestFolder(), 'backup.tar.zst')
const migrations = readMigrations(join(import.meta.dirname, '..'))
const { rolePasswords } = inject('services')
const log = createLog('migrate', 'error')
const posts = 40
await seed(ownerUrl, posts)

/** Dumps the database; `onFirstEntry` runs before anything is written. */
async function dumpTo(path: string, onFirstEntry: () => Promise<void> = async () => undefined) {
  const written = writeArchive(archiveFile(path))
  let isFirst = true
  const archive: ArchiveWriter = {
    ...written,
    async add(name, content) {
      if (isFirst) await onFirstEntry()
      isFirst = false
      await written.add(name, content)
    },
  }
  const manifest = await dump({ databaseUrl: ownerUrl, version: '1.2.3', archive })
  await written.finish()
  return manifest
}

const apply = (databaseUrl: string, some: readonly Migration[]) =>
  migrate({ databaseUrl, rolePasswords, migrations: some, log })

const restoreTo = (databaseUrl: string, { force = false, onMigrated = async () => {} } = {}) =>
  restore({
    databaseUrl,
    open: () => openArchive(file),
    force,
    migrations,
    migrate: async some => {
      await apply(databaseUrl, some)
      await onMigrated()
    },
  })

/** Runs work on a connection that ends with it. */
async function withOwner<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await connectOwner(url)
  return work(client).finally(() => client.end())
}

test('an archive has the rows of a table that a migration rewrites at the same time', async () => {
  await withOwner(ownerUrl, async client => {
    let migrated = Promise.resolve()
    let isDone = false
    const manifest = await dumpTo(file, async () => {
      // A default that differs for each row rewrites the whole table, which is empty for older snapshots.
      migrated = client
        .query('alter table posts.posts add column marked uuid default gen_random_uuid()')
        .then(() => {
          isDone = true
        })
      await vi.waitFor(async () => {
        const [waiting] = await queryOnce(
          ownerUrl,
          "select from pg_stat_activity where wait_event_type = 'Lock' and query like 'alter table posts.posts%'",
        )
        expect(isDone || waiting !== undefined).toBe(true)
      }, 10_000)
    })
    expect(manifest.tables.find(table => tableName(table) === 'posts.posts')?.rows).toBe(posts)
    await migrated
    await client.query('alter table posts.posts drop column marked')
  })
})

test('a database that is being restored is not backed up, and one that is being backed up not restored', async () => {
  await withOwner(ownerUrl, async client => {
    expect(await tryLock(client, 'restore')).toBe(true)
    await expect(dumpTo(`${file}.refused`)).rejects.toThrow('this database is being restored')
  })
  await withOwner(empty.ownerUrl, async client => {
    expect(await tryShareLock(client, 'restore')).toBe(true)
    await expect(restoreTo(empty.ownerUrl)).rejects.toThrow('or a backup of it')
  })
})

test('a schema that was migrated further since gets no rows of an older archive', async () => {
  const number = (migrations.at(-1)?.number ?? 0) + 1
  const later = { number, name: `posts/${number}`, owner: 'posts', sql: 'select 1', checksum: '1' }
  const onMigrated = async () => void (await apply(empty.ownerUrl, [...migrations, later]))
  await expect(restoreTo(empty.ownerUrl, { onMigrated })).rejects.toThrow('has migrated this database')
  expect(await queryOnce(empty.ownerUrl, 'select from posts.posts')).toEqual([])
})

test('a schema of others is not in an archive, and stays in a database that is restored', async () => {
  const notes =
    'create schema notes; create table notes.kept (number integer); insert into notes.kept values (1)'
  for (const url of [ownerUrl, shared.ownerUrl]) await queryOnce(url, notes)
  const { tables } = await dumpTo(file)
  expect(new Set(tables.map(({ schema }) => schema))).toEqual(new Set(functionNames))
  await restoreTo(shared.ownerUrl)
  await restoreTo(shared.ownerUrl, { force: true })
  expect(await queryOnce(shared.ownerUrl, 'select number from notes.kept')).toEqual([{ number: 1 }])
})

test('a role that could not load the rows does not remove those that are there', async () => {
  const url = new URL(unowned.ownerUrl)
  const [role, password] = ['restores_without_rights', 'a-password-of-a-test']
  const database = url.pathname.slice(1)
  await queryOnce(url.href, `create role ${role} login password '${password}'`)
  try {
    await queryOnce(url.href, `grant create on database ${database} to ${role}`)
    Object.assign(url, { username: role, password })
    await queryOnce(url.href, 'create schema posts create table kept (number integer)')
    await expect(restoreTo(url.href, { force: true })).rejects.toThrow('may not set session_replication_role')
    expect(await queryOnce(url.href, 'select from posts.kept')).toEqual([])
  } finally {
    await queryOnce(unowned.ownerUrl, `drop owned by ${role}`)
    await queryOnce(unowned.ownerUrl, `drop role ${role}`)
  }
})
