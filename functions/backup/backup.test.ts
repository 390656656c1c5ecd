import { copyFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { seed } from '../../scripts/seed/run.ts'
import { migrate } from '../migrate/migrate.ts'
import { readMigrations } from '../migrate/migrations.ts'
import { createLog } from '../shared/log.ts'
import {
  connectOwner,
  createEmptyDatabase,
  createTestDatabase,
  queryOnce,
  type TestDatabase,
} from '../shared/testing/database.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'
import { archiveFile, openArchive, writeArchive } from './archive.ts'
import { checkArchive } from './check.ts'
import { dump } from './dump.ts'
import { type Manifest, manifestEntry, tableName } from './manifest.ts'
import { restore } from './restore.ts'
import { contentOf, flipByte } from './test-contents.ts'

const folder = createTestFolder()

const source = await createTestDatabase()
const targets = await Promise.all(Array.from({ length: 5 }, createEmptyDatabase))
const file = join(folder, 'backup.tar.zst')
const migrations = readMigrations(join(import.meta.dirname, '..'))
const { rolePasswords } = inject('services')
const log = createLog('restore', 'error')

const dumpTo = async (path: string) => {
  const archive = writeArchive(archiveFile(path))
  const written = await dump({ databaseUrl: source.ownerUrl, version: '1.2.3', archive })
  await archive.finish()
  return written
}

const restoreTo = (databaseUrl: string, { force = false, path = file } = {}) =>
  restore({
    databaseUrl,
    open: () => openArchive(path),
    force,
    migrations,
    migrate: some => migrate({ databaseUrl, rolePasswords, migrations: some, log }),
  })

/** An archive of this manifest and the rows of the whole one. */
async function rewrite(path: string, manifest: Manifest): Promise<void> {
  const archive = writeArchive(archiveFile(path))
  for await (const { name, content } of openArchive(file))
    await archive.add(name, name === manifestEntry ? Buffer.from(JSON.stringify(manifest)) : content)
  await archive.finish()
}

function emptyDatabase(): TestDatabase {
  const database = targets.pop()
  if (database === undefined) throw new Error('make one more empty database above')
  return database
}

async function restoredDatabase(): Promise<TestDatabase> {
  const database = emptyDatabase()
  await restoreTo(database.ownerUrl)
  return database
}

let manifest: Manifest
beforeAll(async () => {
  await seed(source.ownerUrl, 400)
  manifest = await dumpTo(file)
})

test('a restored database has the same rows in every table, and the same migrations', async () => {
  expect(manifest.tables.find(table => tableName(table) === 'posts.posts')?.rows).toBe(400)
  const { ownerUrl } = emptyDatabase()
  await restoreTo(ownerUrl)
  expect(await contentOf(ownerUrl)).toEqual(await contentOf(source.ownerUrl))
  expect(manifest.migrations.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name))
})

test('functions have their rights in a restored database, and its triggers count', async () => {
  const { urlOf, ownerUrl } = await restoredDatabase()
  const [removed] = await queryOnce(
    urlOf.iod_posts,
    `delete from posts.favorites where (account_id, post_id) in (
       select account_id, post_id from posts.favorites order by post_id, account_id limit 1)
     returning post_id as id`,
  )
  const counted = `select (select favorites from posts.post_counts where post_id = '${removed?.['id']}') =
    (select count(*) from posts.favorites where post_id = '${removed?.['id']}') as "isRight"`
  expect(await queryOnce(ownerUrl, counted)).toEqual([{ isRight: true }])
  await expect(queryOnce(urlOf.iod_posts, 'select password_hash from auth.accounts')).rejects.toThrow(
    'permission',
  )
})

test('an archive made while others write is of one moment', async () => {
  const writer = await connectOwner(source.ownerUrl)
  let isWriting = true
  const pairs = (async () => {
    for (let n = 0; isWriting; n += 1) {
      const name = `writer-${n}`
      await writer.query(`with account as (
          insert into auth.accounts (email, email_key, username, username_key, password_hash)
          values ('${name}@example.test', '${name}@example.test', '${name}', '${name}', '') returning id
        )
        insert into auth.events (account_id, kind, address, client) select id, 'signed_in', '', '' from account`)
    }
  })()
  try {
    const before = manifest.tables.find(table => tableName(table) === 'auth.accounts')?.rows ?? 0
    const { tables } = await dumpTo(join(folder, 'under-load.tar.zst'))
    const rowsOf = (name: string) => tables.find(table => tableName(table) === name)?.rows ?? 0
    expect(rowsOf('auth.accounts') - before).toBe(rowsOf('auth.events'))
  } finally {
    isWriting = false
    await pairs
    await writer.end()
  }
})

describe('what is refused', () => {
  test('a database that holds accounts, unless it is said that they may go', async () => {
    const { ownerUrl } = await restoredDatabase()
    await queryOnce(ownerUrl, "update auth.accounts set username = 'kept' where username = 'seed-1'")
    await expect(restoreTo(ownerUrl)).rejects.toThrow('holds rows in auth.accounts; FORCE=yes')
    const kept = "select count(*)::int as count from auth.accounts where username = 'kept'"
    expect(await queryOnce(ownerUrl, kept)).toEqual([{ count: 1 }])
    await restoreTo(ownerUrl, { force: true })
    expect(await queryOnce(ownerUrl, kept)).toEqual([{ count: 0 }])
  })

  test('a restore into a database into which another one brings its archive', async () => {
    const { ownerUrl } = emptyDatabase()
    const outcomes = await Promise.allSettled([restoreTo(ownerUrl), restoreTo(ownerUrl)])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const [refused] = outcomes.filter(one => one.status === 'rejected')
    expect(String(refused?.reason)).toContain('another restore into this database is in progress')
    const posts = 'select count(*)::int as count from posts.posts'
    expect(await queryOnce(ownerUrl, posts)).toEqual([{ count: 400 }])
  })

  test('an archive of a later version', async () => {
    const added = { number: 9999, name: 'posts/9999-from-the-future', checksum: '' }
    const later = { ...manifest, migrations: [...manifest.migrations, added] }
    const path = join(folder, 'later.tar.zst')
    await rewrite(path, later)
    const { ownerUrl } = emptyDatabase()
    await expect(restoreTo(ownerUrl, { path })).rejects.toThrow(
      'posts/9999-from-the-future is not in this one',
    )
  })

  test.each([
    ['cut off', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['cut off by its last bytes', (path: string) => truncateSync(path, statSync(path).size - 5)],
    ['changed in one byte', flipByte],
    ['empty', (path: string) => truncateSync(path, 0)],
    [
      'a tar that is cut off',
      (path: string) => writeFileSync(path, zstdCompressSync(Buffer.alloc(700, 'x'))),
    ],
    ['of another kind', (path: string) => writeFileSync(path, zstdCompressSync(Buffer.alloc(2_048, 'x')))],
  ])('an archive that is %s', async (_, damage) => {
    const path = join(folder, 'damaged.tar.zst')
    copyFileSync(file, path)
    damage(path)
    await expect(checkArchive(openArchive(path))).rejects.toThrow(/damaged/)
  })

  test('an archive with a row less than its manifest says', async () => {
    const path = join(folder, 'short.tar.zst')
    const [first, ...others] = manifest.tables
    if (first === undefined) throw new Error('no tables')
    await rewrite(path, { ...manifest, tables: [{ ...first, rows: first.rows + 1 }, ...others] })
    await expect(checkArchive(openArchive(path))).rejects.toThrow('is damaged')
  })
})
