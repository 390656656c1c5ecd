import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { createLog } from '../log.ts'
import { createEmptyDatabase, queryOnce } from '../testing/database.ts'
import { migrate } from './migrate.ts'

const parallel = await createEmptyDatabase()
const repeated = await createEmptyDatabase()
const earlier = await createEmptyDatabase()

const allMigrations = join(import.meta.dirname, 'migrations')

function run(databaseUrl: string, migrationsFolder = allMigrations): Promise<readonly string[]> {
  const { rolePasswords } = inject('services')
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

test('posts that were written before are searched and filtered as later ones are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'))
  const isEarlier = (path: string) => !/\/00(1[89]|2\d)-/.test(path)
  cpSync(allMigrations, folder, { recursive: true, filter: isEarlier })
  await run(earlier.ownerUrl, folder)
  await queryOnce(
    earlier.ownerUrl,
    `insert into auth.accounts (email, email_key, username, username_key, password_hash)
        values ('a@example.test', 'a@example.test', 'ada', 'ada', '');
      with new as (insert into posts.slugs (slug, author_id, post_id)
        select 'post-' || n, account.id, uuidv7() from auth.accounts account, generate_series(1, 250) n returning *)
      insert into posts.posts (author_id, id, slug, state, published_at, title, body, html, excerpt, reading_minutes, language, tags)
      select author_id, post_id, slug, 'published', now(), 'Node.js', '東京都庁', '', '', 1, 'en', '{sea}' from new`,
  )
  await run(earlier.ownerUrl)
  const [found] = await queryOnce(
    earlier.ownerUrl,
    `select count(*)::int as posts, (select count(*)::int from posts.post_tags where language = 'en') as tags,
        (select count(*)::int from posts.search_backlog) as backlog
      from posts.posts where search @@ posts.search_query('''node'' & ''js'' & ''京都''', null, null)`,
  )
  expect(found).toEqual({ posts: 250, tags: 250, backlog: 0 })
})
