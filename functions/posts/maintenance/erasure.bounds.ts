import { expect, test, vi } from 'vitest'
import { queryOnce } from '../../shared/testing/database.ts'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { updateCounters } from './queries.ts'

const { createAccount, database, owner, ownerUrl, write } = await createTestApp()
const posts = 12_000
const favorites = 5_000

/** An author with many posts, one of them with many favorites and comments, and with many favorites and comments elsewhere. */
async function prolific(elsewhere: string): Promise<TestAccount> {
  const author = await createAccount('prolific')
  const id = `'${author.actor.accountId}'`
  await queryOnce(
    ownerUrl,
    // Thousands of readers without rows in auth: they write nothing here.
    `alter table posts.favorites disable trigger favorites_require_account;
    insert into posts.posts (author_id, slug, state, published_at, reading_minutes, title, tags, excerpt, body, html)
      select ${id}, '${author.username}-' || n, case when n % 4 = 0 then 'draft' else 'published' end,
        now() - interval '1 minute', 1, 'Post ' || n, array['tag-' || n % 50, 'all'], '', 'Words of a post ' || n, ''
      from generate_series(1, ${posts}) n;
    insert into posts.slugs (slug, author_id, post_id) select slug, author_id, id from posts.posts where author_id = ${id};
    insert into posts.favorites (author_id, post_id, account_id)
      select author_id, id, gen_random_uuid() from (
        select author_id, id from posts.posts where author_id = ${id} and state = 'draft' limit 1
      ) post, generate_series(1, ${favorites});
    insert into posts.comments (author_id, post_id, account_id, body, html)
      select author_id, id, ${id}, '', '' from posts.posts, generate_series(1, 3000) where slug = '${elsewhere}';`,
  )
  return author
}

const traces = async ({ actor }: TestAccount) =>
  queryOnce(
    ownerUrl,
    `select state, count(*)::int from posts.posts where author_id = '${actor.accountId}' group by state
     union all select 'comment', count(*)::int from posts.comments where account_id = '${actor.accountId}' having count(*) > 0`,
  )

test.each([
  ['delete', []],
  ['anonymise', [{ state: 'published', count: 9_000 }]],
] as const)('%s of an author of 12,000 posts completes without blocking others', async (mode, left) => {
  const [reader, { slug }] = await other()
  const author = await prolific(slug)
  await owner.query({ ...eraseAuthor, timeoutMs: 6_000 }, [author.actor.accountId, mode])
  let batches = 0
  let longestMs = 0
  // By two concurrent runs, as of two pods, with a write by another author between any two steps.
  const work = async (): Promise<void> => {
    const startMs = performance.now()
    const [row] = await owner.query<{ erased: number }>(continueErasures)
    longestMs = Math.max(longestMs, performance.now() - startMs)
    batches += 1
    if (batches % 10 === 0) await write(reader, { tags: ['all'] })
    if ((row?.erased ?? 0) > 0) await work()
  }
  // Maintenance started by a write may have locked the note: then it does the rest.
  const finish = () =>
    vi.waitFor(async () => {
      await work()
      expect(await traces(author)).toEqual(left)
    }, 60_000)
  await finish()
  await Promise.all([work(), work()])
  expect(batches).toBeGreaterThan(10)
  expect(longestMs).toBeLessThan(1_000)
  expect(await traces(author)).toEqual(left)
  // What the last access token of the account wrote afterwards is erased too.
  await write(author)
  await finish()
  await updateCounters(database)
  const drift = await database.query(drifted)
  expect(drift).toEqual([])
})

async function other() {
  const reader = await createAccount('other')
  return [reader, await write(reader)] as const
}

const eraseAuthor = { name: 'erase_author', text: `select posts.erase_author($1::uuid, $2::text)` }
const continueErasures = { name: 'continue_erasures', text: `select posts.continue_erasures() as erased` }
const drifted = {
  name: 'drifted_tags',
  text: `select tag, tags.posts from posts.tags
    where tags.posts <> (select count(*) from posts.posts where is_counted and tags @> array[tag])`,
}
