import { Agent } from 'node:http'
import { Client } from 'pg'
import * as v from 'valibot'
import { type AccountId, AccountIdSchema } from '../../../functions/shared/ids.ts'
import { once } from '../load.ts'

/** Searched for at every size: the share of posts that have a word is the same in all of them. */
export interface Words {
  readonly common: readonly string[]
  /** In 1 of 100 posts. */
  readonly uncommon: readonly string[]
  /** In 2 or 3 of 1,000 posts. */
  readonly seldom: readonly string[]
}

/** What requests ask for and a path cannot say without a look into the database. */
export interface Known {
  readonly readers: { readonly followsMany: AccountId; readonly followsFew: AccountId }
  readonly words: Words
  /** Comments that have replies. */
  readonly parents: readonly { readonly slug: string; readonly id: string }[]
  /** Cursors of the pages after the first. */
  readonly pages: Readonly<Record<'newest' | 'feedOfMany' | 'feedOfFew', readonly string[]>>
}

const ChosenWords = v.object({
  common: v.array(v.string()),
  uncommon: v.array(v.string()),
  seldom: v.array(v.string()),
})
const Chosen = v.object({
  readers: v.object({ followsMany: AccountIdSchema, followsFew: AccountIdSchema }),
  parents: v.array(v.object({ slug: v.string(), id: v.string() })),
})

/** By how many posts a search finds: more than have the word itself, since the last word may be a beginning. */
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
      (select array_agg(word) from (select word from found where per_thousand = 2 order by word limit 20) few) as seldom`

const selectPlace = `select
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
        where post.slug in ('seed-0', 'seed-1', 'seed-2', 'seed-3', 'seed-4', 'seed-5', 'seed-6', 'seed-7', 'seed-8', 'seed-9')
      ) as parents`

export const chooseWords = async (ownerUrl: string): Promise<Words> =>
  v.parse(ChosenWords, await readRow(ownerUrl, selectWords))
export const choosePlace = async (ownerUrl: string): Promise<Pick<Known, 'readers' | 'parents'>> =>
  v.parse(Chosen, await readRow(ownerUrl, selectPlace))

async function readRow(ownerUrl: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows } = await client.query(text)
    return rows[0]
  } finally {
    await client.end()
  }
}

const Page = v.object({ nextCursor: v.nullable(v.string()) })
const maxCursors = 20

/** The cursors that lead from page to page. */
export async function cursorsOf(
  port: number,
  path: string,
  authorization: string,
): Promise<readonly string[]> {
  const agent = new Agent({ keepAlive: true })
  const cursors: string[] = []
  while (cursors.length < maxCursors) {
    const last = cursors.at(-1)
    const text = await once(
      {
        name: path,
        port,
        method: 'GET',
        paths: [last === undefined ? path : `${path}&cursor=${last}`],
        headers: { authorization },
        status: 200,
      },
      agent,
    )
    const { nextCursor } = v.parse(Page, JSON.parse(text))
    if (nextCursor === null) break
    cursors.push(nextCursor)
  }
  agent.destroy()
  return cursors
}
