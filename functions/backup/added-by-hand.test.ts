import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { seed } from '../../scripts/seed/run.ts'
import { migrate } from '../migrate/migrate.ts'
import { readMigrations } from '../migrate/migrations.ts'
import { createLog } from '../shared/log.ts'
import { createEmptyDatabase, createTestDatabase, queryOnce } from '../shared/testing/database.ts'
import { createTestFolder } from '../shared/testing/test-folder.ts'
import { archiveFile, openArchive, writeArchive } from './archive.ts'
import { dump } from './dump.ts'
import { restore } from './restore.ts'
import { contentOf } from './test-contents.ts'

const source = await createTestDatabase()
const { ownerUrl: databaseUrl } = await createEmptyDatabase()
const file = join(createTestFolder(), 'backup.tar.zst')
const migrations = readMigrations(join(import.meta.dirname, '..'))
const { rolePasswords } = inject('services')
const log = createLog('restore', 'error')

test('what was added by hand is restored with its rows: a column, a table, and a type as text', async () => {
  await seed(source.ownerUrl, 10)
  await queryOnce(
    source.ownerUrl,
    `create type posts.mood as enum ('calm', 'stormy');
    create table posts.by_hand (
      id bigint generated always as identity primary key, note varchar(20) not null, "The moods" posts.mood[]);
    insert into posts.by_hand (note, "The moods") values ('first', '{calm,stormy}'), (E'a\ttab', null);
    alter table posts.posts add column weight numeric(6, 2) not null default 1.5`,
  )
  const archive = writeArchive(archiveFile(file))
  await dump({ databaseUrl: source.ownerUrl, version: '1.2.3', archive })
  await archive.finish()
  await restore({
    databaseUrl,
    open: () => openArchive(file),
    force: false,
    migrations,
    migrate: some => migrate({ databaseUrl, rolePasswords, migrations: some, log }),
  })
  expect(await contentOf(databaseUrl)).toEqual(await contentOf(source.ownerUrl))
  const types = await queryOnce(
    databaseUrl,
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = 'posts.by_hand'::regclass and attnum > 0 or attname = 'weight' order by 1`,
  )
  expect(Object.fromEntries(types.map(({ name, type }) => [name, type]))).toEqual({
    id: 'bigint',
    note: 'character varying(20)',
    'The moods': 'text',
    weight: 'numeric(6,2)',
  })
})
