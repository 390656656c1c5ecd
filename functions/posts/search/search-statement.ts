import { minUuid } from '../../shared/ids.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { accountOf, Parameters } from '../lists/list-sources.ts'
import { type Built, isUsual } from '../lists/list-statement.ts'
import { firstRows, longFields, pageColumns, withFit } from '../lists/page-statement.ts'
import type { ListField } from '../lists/schemas.ts'
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
  /** Words that may be mistyped; none if the search is long, or has phrases or exclusions. */
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
/** Matches no post, as an author that does not exist. */
const nobody = `'${minUuid}'::uuid`

/**
 * Finds posts that match all terms, then those that match with the last word as a prefix or without the stop words of any
 * language; or, with `similar` (a tsquery), those with similar words. A cursor names which of the two it continues. The text
 * is the same for all queries and filters.
 */
export function buildSearch(
  { query, filters, fields, limit, after, withTotal }: SearchRequest & { readonly query: SearchQuery },
  similar?: string,
): Built {
  const parameters = new Parameters()
  const { mode, asked } =
    similar === undefined ? askedOf(query, filters.language, parameters) : askedSimilar(similar, parameters)
  const author = parameters.add(filters.author ?? null, 'text')
  const conditions = [
    parameters.add(query.literal, 'text'),
    `case when ${author} is not null then coalesce(${accountOf(author)}, ${nobody}) end`,
    parameters.add(filters.tag ?? null, 'text'),
    parameters.add(filters.language ?? null, 'text'),
    parameters.add(filters.from ?? null, 'timestamptz'),
    parameters.add(filters.to ?? null, 'timestamptz'),
    maxFound,
  ].join(', ')
  const [, ...place] = after ?? []
  const types = ['real', 'timestamptz', 'uuid']
  const isAfter =
    after === undefined
      ? 'true'
      : `(rank, published_at, post_id) < (${types.map((type, n) => parameters.add(place[n] ?? null, type)).join(', ')})`
  // A title with the literal search ranks first: Node.js and Node JS are the same words to the index.
  const matches = (tier: number, queries: string, condition: string) =>
    `select found.author_id, found.post_id, found.published_at, (${tier} + found.rank)::real as rank
      from asked cross join lateral posts.newest_matches(${queries}, ${conditions}) found
      where ${condition}`
  // No highlights for a post that the page has no room for.
  const fits = fields.some(field => longFields.includes(field)) ? 'page.fits' : 'true'
  const length = parameters.add(parsedLength(limit), 'int')
  const order = 'rank desc, published_at desc, post_id desc'
  const pageOrder = 'page.rank desc, page.published_at desc, page.post_id desc'
  const page = firstRows(
    `select author_id, post_id, published_at, rank from found where ${isAfter} order by ${order}`,
    parameters.add(limit, 'int'),
  )
  return {
    name: statementName(mode, fields, { isFirst: after === undefined, withTotal }),
    text: `with asked as materialized (
      select *, exact || ${inNoPost} as exact_rank, begun || ${inNoPost} as begun_rank,
        ${anyWordOf('coalesce(exact || prefix, exact)')} as any_word
      from (${asked}) given
    ), exactly as materialized (
      ${matches(2, 'asked.exact, asked.unwanted, asked.exact_rank', 'true')}
    ), beginning as materialized (
      ${matches(0, 'asked.begun, coalesce(asked.unwanted || asked.exact, asked.exact, asked.unwanted), asked.begun_rank', `(select count(*) < ${maxFound} from exactly)`)}
    ), found as materialized (
      select * from (select * from exactly union all select * from beginning) ranked
      order by ${order}
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

type Mode = 'exact' | 'similar'

/** The queries as columns: what is wanted exactly, what is not, what comes after that, and the last word as a prefix. */
interface Asked {
  readonly mode: Mode
  readonly asked: string
}

function askedOf(
  { required, others, last, excluded }: SearchQuery,
  language: string | undefined,
  parameters: Parameters,
): Asked {
  const loose = required.includes('<->') ? null : required
  const [all, rest, end, none, some, code] = [required, others, last, excluded, loose, language].map(value =>
    parameters.add(value ?? null, 'text'),
  )
  return {
    mode: 'exact',
    asked: `select exact, unwanted, coalesce(begun || loose, begun, loose) as begun, prefix
      from (
        select posts.search_query(${all}, ${code}) as exact, posts.search_query(${none}, ${code}) as unwanted,
          posts.prefix_query(${rest}, ${end}, null, ${code}) as begun, posts.loose_query(${some}, ${code}) as loose,
          posts.prefix_query(null, ${end}, null, ${code}) as prefix
      ) each_query`,
  }
}

function askedSimilar(similar: string, parameters: Parameters): Asked {
  const none = 'null::tsquery'
  return {
    mode: 'similar',
    asked: `select ${parameters.add(similar, 'tsquery')} as exact, ${none} as unwanted, ${none} as begun, ${none} as prefix`,
  }
}

/** The plan does not depend on the values, and there are eight texts of the usual fields: Postgres keeps their plans. */
function statementName(
  mode: Mode,
  fields: readonly ListField[],
  { isFirst, withTotal }: { readonly isFirst: boolean; readonly withTotal: boolean },
): string {
  if (withTotal || !isUsual(fields)) return ''
  return `search_${mode}_${fields.join('_') || 'bare'}_${isFirst ? 'first' : 'next'}`
}

/** Null if a word is similar to none in any title. No row for stop words, which are only matched exactly. */
export const selectSimilar = {
  name: 'select_similar_words',
  text: `select posts.similar_query($1::text[])::text as similar where not posts.has_only_stop_words($1::text[], null)`,
}
