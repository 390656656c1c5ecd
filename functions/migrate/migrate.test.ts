import { join } from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { createLog } from '../shared/log.ts'
import { connectOwner, createEmptyDatabase, queryOnce } from '../shared/testing/database.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { type Migration, readMigrations } from './migrations.ts'

const parallel = await createEmptyDatabase()
const repeated = await createEmptyDatabase()
const extended = await createEmptyDatabase()
const conflicting = await createEmptyDatabase()
const concurrent = await createEmptyDatabase()
const waited = await createEmptyDatabase()
const siblings = await Promise.all(Array.from({ length: 8 }, createEmptyDatabase))

const baseline = readMigrations(join(import.meta.dirname, '..'))
const newest = baseline.at(-1)?.number ?? 0

function run(databaseUrl: string, migrations = baseline): Promise<readonly string[]> {
  const { rolePasswords } = inject('services')
  return migrate({ databaseUrl, rolePasswords, migrations, log: createLog('migrate', 'error') })
}

const migration = (number: number, sql: string, checksum = sql): Migration => ({
  number,
  name: `posts/${number}`,
  owner: 'posts',
  sql,
  checksum,
})

test('20 runs at once apply each migration once', async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => run(parallel.ownerUrl)))

  const applied = runs.filter(names => names.length > 0)
  expect(applied).toHaveLength(1)
  const recorded = await queryOnce(parallel.ownerUrl, 'select name from public.migrations order by number')
  expect(recorded.map(row => row['name'])).toEqual(applied[0])
})

test('databases of one server, which share their roles, are migrated at the same time', async () => {
  const runs = await Promise.all(siblings.map(({ ownerUrl }) => run(ownerUrl)))
  expect(runs.map(names => names.length)).toEqual(siblings.map(() => baseline.length))
})

test('a second run does nothing', async () => {
  expect(await run(repeated.ownerUrl)).not.toHaveLength(0)
  expect(await run(repeated.ownerUrl)).toEqual([])
})

test('a migration that fails leaves nothing behind, and an older image finds nothing to do', async () => {
  const added = [...baseline, migration(newest + 1, 'create table posts.a (b int)')]
  const failing = [...added, migration(newest + 2, 'create table posts.b (c int); select 1 / 0')]
  await expect(run(repeated.ownerUrl, failing)).rejects.toThrow(`posts/${newest + 2} failed`)
  expect(await queryOnce(repeated.ownerUrl, "select to_regclass('posts.b') as found")).toEqual([
    { found: null },
  ])
  expect(await pendingMigrations({ databaseUrl: repeated.ownerUrl, migrations: failing })).toEqual([
    `posts/${newest + 2}`,
  ])
  expect(await run(repeated.ownerUrl)).toEqual([])
})

test('a migration numbered below the newest applied one is refused, and a changed one too', async () => {
  const later = migration(newest + 5, 'select 5')
  expect(await run(conflicting.ownerUrl, [...baseline, later])).toContain(later.name)

  const late = migration(newest + 1, 'create table posts.late (b int)')
  await expect(run(conflicting.ownerUrl, [...baseline, late, later])).rejects.toThrow(
    `Migration ${late.name} comes before ${later.name}`,
  )
  const changed = { ...later, checksum: 'changed' }
  await expect(run(conflicting.ownerUrl, [...baseline, changed])).rejects.toThrow(
    `Migration ${later.name} differs`,
  )
  expect(await queryOnce(conflicting.ownerUrl, "select to_regclass('posts.late') as found")).toEqual([
    { found: null },
  ])
})

test('a migration that changes the search vector reindexes the posts written before', async () => {
  await run(extended.ownerUrl)
  await queryOnce(
    extended.ownerUrl,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash)
        values ('a@example.test', 'a@example.test', 'ada', 'ada', '');
      with new as (insert into posts.slugs (slug, author_id, post_id)
        select 'post-' || n, account.id, uuidv7() from auth.accounts account, generate_series(1, 250) n returning *)
      insert into posts.posts (author_id, id, slug, state, published_at, title, body, html, excerpt, reading_minutes, language, tags)
      select author_id, post_id, slug, 'published', now(), 'Node.js', '東京都庁', '', '', 1, 'en', '{sea}' from new`,
  )
  const change = `create or replace function posts.plain_words(words text) returns text
      language sql immutable parallel safe return replace(replace(words, '.', ' '), '東京都庁', 'ocean');
    insert into posts.search_backlog (author_id, post_id) select author_id, id from posts.posts`
  await run(extended.ownerUrl, [...baseline, migration(newest + 1, change)])
  const [found] = await queryOnce(
    extended.ownerUrl,
    `select count(*)::int as posts, (select count(*)::int from posts.post_tags where language = 'en') as tags,
        (select count(*)::int from posts.search_backlog) as backlog
      from posts.posts where search @@ posts.search_query('''node'' & ''js'' & ''ocean''', null, null)`,
  )
  expect(found).toEqual({ posts: 250, tags: 250, backlog: 0 })
})

test('a migration without a transaction starts again after a failure, while others read and write', async () => {
  const reader = await connectOwner(concurrent.ownerUrl)
  await run(concurrent.ownerUrl)
  const outside = (sql: string) => [...baseline, migration(newest + 1, `-- Without a transaction.\n${sql}`)]
  const create = 'create index concurrently made on posts.tags (posts)'
  await expect(run(concurrent.ownerUrl, outside(`${create};\nselect 1 / 0;\n`))).rejects.toThrow('run again')
  const again = outside(`drop index concurrently if exists posts.made;\n${create};\n`)
  const runs = await Promise.all([1, 2, 3].map(() => run(concurrent.ownerUrl, again)))
  expect(runs.filter(names => names.length > 0)).toEqual([[`posts/${newest + 1}`]])
  const { rows } = await reader.query(
    "select indisvalid from pg_index where indexrelid = 'posts.made'::regclass",
  )
  expect(rows).toEqual([{ indisvalid: true }])
  await reader.end()
})

test('those who read a table do not wait long behind a migration that waits for it', async () => {
  const { ownerUrl, urlOf } = waited
  await run(ownerUrl)
  const backup = await connectOwner(ownerUrl)
  await backup.query('begin')
  await backup.query('lock table posts.posts in access share mode')
  const add = migration(newest + 1, 'alter table posts.posts add column waited integer')
  const running = run(ownerUrl, [...baseline, add])
  const isWaiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'alter table%waited%'`
  await vi.waitFor(async () => expect(await queryOnce(ownerUrl, isWaiting)).toHaveLength(1), 10_000)
  // By a function's role, which waits for a lock for a bounded time.
  expect(await queryOnce(urlOf.iod_posts, 'select from posts.posts')).toEqual([])
  await backup.query('commit')
  expect(await running).toEqual([add.name])
  await backup.end()
})
