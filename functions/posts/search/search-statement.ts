import type { ListRequest } from '../lists/list-request.ts'
import { Parameters } from '../lists/list-sources.ts'
import { type Built, otherConditions } from '../lists/list-statement.ts'
import { longFields, pageColumns, withFit } from '../lists/page-statement.ts'
import { postJoins } from '../posts/post-columns.ts'
import { anyWordOf, highlightColumns, joinMarked, parsedLength } from './highlight-columns.ts'

/** A search as the database functions expect it: operands of a tsquery, which each language stems itself. */
export interface SearchQuery {
  readonly required: string
  /** All operands but the last word, and that word, if it may be the beginning of a longer one. */
  readonly others: string | null
  readonly last: string | null
  readonly excluded: string | null
  /** The search as typed, to rank titles first that contain it literally. */
  readonly literal: string
  /** Words that may be mistyped; none if the search has phrases or exclusions. */
  readonly words: readonly string[]
}

export interface SearchRequest extends Omit<ListRequest, 'order'> {
  /** Null for a search that no post can match. */
  readonly query: SearchQuery | null
}

/** Only the newest matches are ranked and found: ranking a million posts with a common word would take seconds. */
export const maxFound = 200

/**
 * An alternative without a match (posts.search_vector deletes this lexeme) makes ts_rank add up the matches of each word. For
 * words that are all required it would compare every two matches: 10 ms for a post that repeats eight words.
 */
const inNoPost = `'''.'''::tsquery`

const daysBefore = (days: number) => new Date(Date.now() - days * 86_400_000)

/**
 * Finds posts that match all terms, then those that match with the last word as a prefix; or, with `similar` (a tsquery),
 * those with similar words. A cursor names which of the two it continues.
 *
 * The newest matches are searched in the last 60 days, then, if those are fewer than 200, in the last 360, and only then
 * further back: for a word in 10,000 posts over five years that reads 330 posts. The planner needs to see the query and
 * the days as values. It may walk the newest posts by time, which is best for a common word; the added interval prevents
 * the same walk through all posts for a rare word.
 */
export function buildSearch(
  { query, filters, fields, limit, after, withTotal }: SearchRequest & { readonly query: SearchQuery },
  similar?: string,
): Built {
  const parameters = new Parameters()
  const [mode, wanted, exact, begun, prefix] =
    similar === undefined
      ? ['exact', ...queriesOf(query, filters.language, parameters)]
      : similarQueries(similar, parameters)
  const narrowed = otherConditions(
    filters,
    { key: ['post.author_id', 'post.id'], publishedAt: time, answers: [] },
    parameters,
  )
  const literal = parameters.add(query.literal, 'text')
  const days = [60, 360].map(count => parameters.add(daysBefore(count), 'timestamptz'))
  const [, ...place] = after ?? []
  const types = ['real', 'timestamptz', 'uuid']
  const isAfter =
    after === undefined
      ? 'true'
      : `(rank, published_at, post_id) < (${types.map((type, n) => parameters.add(place[n] ?? null, type)).join(', ')})`

  // The conditions repeat the query, for the planner; elsewhere it is computed once.
  // A title with the literal search ranks first: C++ and C# are the same word to the index.
  const rank = (tier: number, of: string) =>
    `(${tier} + (strpos(lower(post.title), ${literal}) > 0)::int + ts_rank(post.search, (select ${of}_rank from asked)))::real`
  const exactly = {
    name: 'exactly',
    rank: rank(2, 'exact'),
    conditions: [`post.search @@ ${exact}`, ...narrowed],
    days,
  }
  const beginning = {
    name: 'beginning',
    rank: rank(0, 'begun'),
    conditions: [
      `post.search @@ ${begun}`,
      `not post.search @@ (select exact from asked)`,
      `(select count(*) < ${maxFound} from exactly)`,
      ...narrowed,
    ],
    days,
  }
  // No highlights for a post that the page has no room for.
  const fits = fields.some(field => longFields.includes(field)) ? 'page.fits' : 'true'
  const length = parameters.add(parsedLength(limit), 'int')
  const pageOrder = 'page.rank desc, page.published_at desc, page.post_id desc'
  const page = `select author_id, post_id, published_at, rank
      from found
      where ${isAfter}
      order by rank desc, published_at desc, post_id desc
      limit ${parameters.add(limit, 'int')}`
  return {
    name: '',
    text: `with asked as materialized (
      select *, exact || ${inNoPost} as exact_rank, begun || ${inNoPost} as begun_rank,
        ${anyWordOf(`coalesce(wanted || ${prefix}, wanted)`)} as any_word
      from (select ${exact} as exact, ${begun} as begun, ${wanted} as wanted) given
    ), ${newestOf(exactly)}, ${newestOf(beginning)}, found as materialized (
      select * from (select * from exactly union all select * from beginning) ranked
      order by rank desc, published_at desc, post_id desc
      limit ${maxFound}
    )
    select ${pageColumns(fields)},
      ${highlightColumns},
      array['${mode}', page.rank::text, page.published_at::text, page.post_id::text] as position${withTotal ? ', (select count(*) from found)::int as total' : ''}
    from (${withFit(page, pageOrder, fields)}) page
    ${postJoins('page')}
    ${joinMarked(fits, length)}
    order by ${pageOrder}`,
    parameters: parameters.values,
  }
}

type Queries = readonly [wanted: string, exact: string, begun: string, prefix: string]

function queriesOf(
  { required, others, last, excluded }: SearchQuery,
  language: string | undefined,
  parameters: Parameters,
): Queries {
  const [all, rest, end, none, code] = [required, others, last, excluded, language].map(value =>
    parameters.add(value ?? null, 'text'),
  )
  return [
    `posts.search_query(${all}, ${code})`,
    `posts.search_query(${all}, ${none}, ${code})`,
    `posts.prefix_query(${rest}, ${end}, ${none}, ${code})`,
    `posts.prefix_query(null, ${end}, null, ${code})`,
  ]
}

function similarQueries(similar: string, parameters: Parameters): readonly [mode: string, ...Queries] {
  const query = parameters.add(similar, 'tsquery')
  return ['similar', query, query, 'null::tsquery', 'null::tsquery']
}

interface Matches {
  readonly name: string
  readonly rank: string
  readonly conditions: readonly string[]
  readonly days: readonly string[]
}

const time = 'post.published_at'
/** The same value, but no plan can use the index on the time for it. */
const anyTime = `${time} + interval '0'`

/** The newest matches, as a common table expression with this name and one for each period. */
function newestOf({ name, rank, conditions, days: [lately, thisYear] }: Matches): string {
  const isEnough = (of: string) => `(select count(*) = ${maxFound} from ${name}_${of})`
  const newest = (
    publishedAt: string,
    ...more: readonly string[]
  ) => `select post.author_id, post.id as post_id,
        post.published_at, ${rank} as rank
      from posts.posts post
      where ${[`post.state = 'published'`, `${publishedAt} <= now()`, ...conditions, ...more].join(' and ')}
      order by ${publishedAt} desc, post.id desc
      limit ${maxFound}`
  return `${name}_lately as materialized (
      ${newest(time, `${time} >= ${lately}`)}
    ), ${name}_this_year as materialized (
      ${newest(anyTime, `${time} <= now()`, `${time} >= ${thisYear}`, `not ${isEnough('lately')}`)}
    ), ${name}_ever as materialized (
      ${newest(anyTime, `not ${isEnough('lately')}`, `not ${isEnough('this_year')}`)}
    ), ${name} as materialized (
      select * from ${name}_lately where ${isEnough('lately')}
      union all
      select * from ${name}_this_year where ${isEnough('this_year')}
      union all
      select * from ${name}_ever
    )`
}

/** Null if a word is similar to none in any title. No row for stop words, which are only matched exactly. */
export const selectSimilar = {
  name: 'select_similar_words',
  text: `select posts.similar_query($1::text[])::text as similar where not posts.has_only_stop_words($1::text[], null)`,
}
