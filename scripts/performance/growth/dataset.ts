import { Agent } from 'node:http'
import * as v from 'valibot'
import { withClient } from '../../../functions/migrate/with-client.ts'
import { AccountIdSchema } from '../../../functions/shared/ids.ts'
import { requestOnce } from '../http-load.ts'

const Words = v.object({
  common: v.array(v.string()),
  /** Found in 10 of 1,000 posts. */
  uncommon: v.array(v.string()),
  /** Found in 2 of 1,000 posts. */
  rare: v.array(v.string()),
})
const Accounts = v.object({
  readers: v.object({ followsMany: AccountIdSchema, followsFew: AccountIdSchema }),
  parents: v.array(v.object({ slug: v.string(), id: v.string() })),
})

/** Search terms for every size: the share of posts that have a word does not depend on the number of posts. */
export type Words = v.InferOutput<typeof Words>
/** The two readers, and comments that have replies. */
type Accounts = v.InferOutput<typeof Accounts>

/** What the paths of requests are made from. */
export interface Dataset extends Accounts {
  readonly words: Words
  /** Cursors of the pages after the first. */
  readonly cursors: Readonly<Record<'newest' | 'feedOfMany' | 'feedOfFew', readonly string[]>>
}

/** Counts what a search finds, which is more than the posts with the word itself: the last word matches as a prefix. */
const selectWords = `with words as (
      select word, ndoc
      from ts_stat($$select to_tsvector('posts.other', title || ' ' || body) from posts.posts$$)
      where word ~ '^[a-z]{4,}$'
    ), found as (
      select word, counted.posts * 1000 / (select count(*) from posts.posts) as per_thousand
      from words
      cross join lateral (select posts.search_query(word || ':*', null) as query offset 0) asked
      cross join lateral (
        select count(*) as posts from posts.posts where state = 'published' and search @@ asked.query
      ) counted
      where ndoc < (select count(*) from posts.posts) / 100
    )
    select (select array_agg(word) from (select word from words order by ndoc desc, word limit 8) most) as common,
      (select array_agg(word) from (select word from found where per_thousand = 10 order by word limit 20) several) as uncommon,
      (select array_agg(word) from (select word from found where per_thousand = 2 order by word limit 20) few) as rare`

const selectAccounts = `select
      jsonb_build_object('followsMany', (select id from auth.accounts where username = 'seed-0'),
        'followsFew', (select id from auth.accounts where username = 'seed-1')) as readers,
      (
        select jsonb_agg(jsonb_build_object('slug', post.slug, 'id', parent.id))
        from posts.posts post
        cross join lateral (
          select parent_id as id from posts.comments comment
          where comment.author_id = post.author_id and comment.post_id = post.id and parent_id is not null
          group by parent_id order by count(*) desc limit 1
        ) parent
        where post.slug ~ '^seed-[0-9]$'
      ) as parents`

export const findWords = async (ownerUrl: string) => v.parse(Words, await queryRow(ownerUrl, selectWords))
export const findAccounts = async (ownerUrl: string) =>
  v.parse(Accounts, await queryRow(ownerUrl, selectAccounts))

const queryRow = (databaseUrl: string, text: string): Promise<unknown> =>
  withClient(databaseUrl, async client => (await client.query(text)).rows[0])

const Page = v.object({ nextCursor: v.nullable(v.string()) })
const maxCursors = 20

/** Follows the pages of a list. */
export async function readCursors(
  port: number,
  path: string,
  authorization: string,
): Promise<readonly string[]> {
  const agent = new Agent({ keepAlive: true })
  const cursors: string[] = []
  const request = { name: path, port, method: 'GET', headers: { authorization }, status: 200 } as const
  for (let next = path; cursors.length < maxCursors; ) {
    const { nextCursor } = v.parse(Page, JSON.parse(await requestOnce({ ...request, paths: [next] }, agent)))
    if (nextCursor === null) break
    cursors.push(nextCursor)
    next = `${path}&cursor=${nextCursor}`
  }
  agent.destroy()
  return cursors
}
