import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'
import { queryOnce } from '../shared/testing/database.ts'
import { selectFollowers, selectFollowing } from './follows/queries.ts'
import { selectByUsername } from './profiles/queries.ts'
import { PublicProfile } from './profiles/schemas.ts'
import { createTestApp, type TestAccount } from './test-app.ts'

/** `FOLLOW_ROWS=1000000 make test FILES=…` runs the same test at a million. */
const rows = Number(process.env['FOLLOW_ROWS'] ?? 50_000)
const posts = rows / 10
const limit = 20

const { app, owner, ownerUrl, createAccount, as } = await createTestApp()
let star: TestAccount
let fan: TestAccount

beforeAll(async () => {
  star = await createAccount('star')
  fan = await createAccount('fan')
  await queryOnce(ownerUrl, load(star.actor.accountId))
}, 300_000)

const Plan = v.object({ 'Shared Hit Blocks': v.number(), 'Shared Read Blocks': v.number() })
const Explained = v.array(v.object({ 'QUERY PLAN': v.array(v.object({ Plan })) }))

/** Counts the buffer pages that the generic plan of a prepared statement touches. */
async function pagesTouched(text: string, parameters: string): Promise<number> {
  return owner.transaction(async transaction => {
    await transaction.query({ name: '', text: 'set local plan_cache_mode = force_generic_plan' })
    await transaction.query({ name: '', text: `prepare explained as ${text}` })
    const explain = `explain (analyze, buffers, format json) execute explained (${parameters})`
    const [explained] = v.parse(Explained, await transaction.query({ name: '', text: explain }))
    await transaction.query({ name: '', text: 'deallocate explained' })
    const plan = explained?.['QUERY PLAN'][0]?.Plan
    if (plan === undefined) throw new Error('no plan')
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
  })
}

/** Three or four index pages and one table page for each of the three tables of an item. */
const pagesPerItem = 12

test.each([
  ['first', 'null'],
  ['middle', `(select id from profile.follows order by id offset ${rows / 2} limit 1)`],
])('the %s page of followers and of following reads only its own items', async (_, after) => {
  const id = `'${star.actor.accountId}'`
  for (const statement of [selectFollowers, selectFollowing]) {
    const touched = await pagesTouched(statement.text, `${id}, ${await literal(after)}, ${limit + 1}`)
    expect(touched).toBeLessThan(pagesPerItem * (limit + 1))
  }
})

test('a public profile with its counts touches a handful of pages', async () => {
  expect(await pagesTouched(selectByUsername.text, `'${star.username}'`)).toBeLessThan(25)
})

test('the counts are right, also after one more follower', async () => {
  await as(fan, 'PUT', `/profile/${star.username}/follow`)
  const profile = v.parse(PublicProfile, await (await app.request(`/profile/${star.username}`)).json())
  const counts = [profile.postsCount, profile.followersCount, profile.followingCount]
  expect(counts).toEqual([posts, rows + 1, rows])
})

const literal = async (sql: string): Promise<string> => {
  const [row] = await owner.query<{ id: string | null }>({ name: '', text: `select (${sql})::text as id` })
  return row?.id ? `'${row.id}'` : 'null'
}

// Without foreign keys and counters, which are not tested here, the rows load in seconds.
const load = (id: string) => `
  set session_replication_role = replica;
  create temporary table fans as select uuidv7() as id, 'fan' || n as name from generate_series(1, ${rows}) n;
  insert into auth.accounts (id, email, email_key, username, username_key, password_hash)
    select id, name, name, name, name, '' from fans;
  insert into profile.follows (follower_id, followee_id) select id, '${id}' from fans;
  insert into profile.follows (follower_id, followee_id) select '${id}', id from fans;
  insert into profile.follow_counts values ('${id}', ${rows}, ${rows});
  insert into posts.posts (author_id, slug, state, is_counted, reading_minutes, published_at, title, excerpt, body, html)
    select '${id}', 'post-' || n, 'published', true, 1, now() - interval '1 minute' * n, 'A post', '', '', ''
    from generate_series(1, ${posts}) n;
  insert into posts.author_totals (account_id, published) values ('${id}', ${posts});
  analyze auth.accounts, profile.follows, profile.follow_counts, posts.posts, posts.author_totals;
`
