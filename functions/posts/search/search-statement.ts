import type { ListRequest } from '../lists/list-request.ts'
import { Parameters } from '../lists/list-sources.ts'
import { type Built, otherConditions } from '../lists/list-statement.ts'
import { longFields, pageColumns, withFit } from '../lists/page-statement.ts'
import { postJoins } from '../posts/post-columns.ts'

/** A search as the functions of the database take it: operands of a tsquery that each language stems by itself. */
export interface SearchQuery {
  readonly required: string
  /** All but the last word, and that, where it may be the beginning of a longer one. */
  readonly others: string | null
  readonly last: string | null
  readonly excluded: string | null
  /** As it was typed, to find a title that has it letter by letter. */
  readonly literal: string
  /** What may be mistyped; none where the search says exactly what it wants. */
  readonly words: readonly string[]
}

export interface SearchRequest extends Omit<ListRequest, 'order'> {
  /** Null if nothing can have what is searched for. */
  readonly query: SearchQuery | null
}

/**
 * Only the newest of all that match are ranked and found: to rank each of a million posts that have a common word would
 * take seconds, and nobody reads so far.
 */
export const maxFound = 200

/** Characters that no text here can have; the domain turns them into HTML when it has escaped the rest. */
export const highlightMarks = { start: '\u0002', stop: '\u0003' }

const headlineOptions = (more: string) =>
  `'StartSel=${highlightMarks.start}, StopSel=${highlightMarks.stop}, ${more}'`

/** Characters of HTML that are parsed for the highlights of one page, 0.3 µs each, and of one post at most. */
const headlineBudget = 100_000
const maxHeadlineLength = 20_000

const daysBefore = (days: number) => new Date(Date.now() - days * 86_400_000)

/**
 * What has all that is asked for, then what has it with the last word as the beginning of a longer one; or with `similar`
 * (a tsquery) what has words like them. A page of the one never goes on with the other, so a cursor names which it was.
 *
 * The newest of all that match are looked for in the last 60 days, where those have less than 200 in the last 360, and
 * only then further back: of a word in 10,000 posts of five years 330 are read and not all. A plan needs to see the
 * query and the days themselves. It may walk through the newest posts by time, which is best for a common word; the
 * added interval keeps it from walking further, through all posts for a word that few have.
 */
export function buildSearch(
  { query, filters, fields, limit, after, withTotal }: SearchRequest & { readonly query: SearchQuery },
  similar?: string,
): Built {
  const parameters = new Parameters()
  const [mode, wanted, exact, begun] =
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

  // What the index is asked for stands in the condition itself, for the plan; elsewhere it is made once.
  // A title that has the very letters precedes: C++ and C# are the same word, and so are most with signs in them.
  const rank = (tier: number, of: string) =>
    `(${tier} + (strpos(lower(post.title), ${literal}) > 0)::int + ts_rank(post.search, (select ${of} from asked)))::real`
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
  // None is made for a post that the page has no room for.
  const fits = fields.some(field => longFields.includes(field)) ? 'page.fits' : 'true'
  // Signs are put aside while the text is parsed, as they were when it was indexed (posts.plain_words).
  const headline = (of: string, options: string) =>
    `case when ${fits} then posts.with_signs(ts_headline(posts.search_configuration(post.language),
        posts.without_signs(${of}), (select coalesce(wanted || begun, wanted) from asked), ${headlineOptions(options)})) end`
  const headlineLength = parameters.add(
    Math.min(maxHeadlineLength, Math.floor(headlineBudget / limit)),
    'int',
  )
  const pageOrder = 'page.rank desc, page.published_at desc, page.post_id desc'
  const page = `select author_id, post_id, published_at, rank
      from found
      where ${isAfter}
      order by rank desc, published_at desc, post_id desc
      limit ${parameters.add(limit, 'int')}`
  return {
    name: '',
    text: `with asked as materialized (
      select ${exact} as exact, ${begun} as begun, ${wanted} as wanted
    ), ${newestOf(exactly)}, ${newestOf(beginning)}, found as materialized (
      select * from (select * from exactly union all select * from beginning) ranked
      order by rank desc, published_at desc, post_id desc
      limit ${maxFound}
    )
    select ${pageColumns(fields)},
      ${headline('post.title', 'HighlightAll=true')} as "titleHighlight",
      ${headline(
        `regexp_replace(left(post.html, ${headlineLength}), '<[^>]*>?', ' ', 'g')`,
        'MaxFragments=2, MinWords=6, MaxWords=18, FragmentDelimiter=" … "',
      )} as "textHighlight",
      array['${mode}', page.rank::text, page.published_at::text, page.post_id::text] as position${withTotal ? ', (select count(*) from found)::int as total' : ''}
    from (${withFit(page, pageOrder, fields)}) page
    ${postJoins('page')}
    order by ${pageOrder}`,
    parameters: parameters.values,
  }
}

type Queries = readonly [wanted: string, exact: string, begun: string]

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
  ]
}

function similarQueries(similar: string, parameters: Parameters): readonly [mode: string, ...Queries] {
  const query = parameters.add(similar, 'tsquery')
  return ['similar', query, query, 'null::tsquery']
}

interface Matches {
  readonly name: string
  readonly rank: string
  readonly conditions: readonly string[]
  readonly days: readonly string[]
}

const time = 'post.published_at'
/** Only where it is looked for by time a plan may use an index of the time. */
const anyTime = `${time} + interval '0'`

/** The newest matches, as a common table expression of the name and one for each stretch of time. */
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

/** Null where there is a word that no title has one like, and for stop words, of which only the very word is meant. */
export const selectSimilar = {
  name: 'select_similar_words',
  text: `select posts.similar_query($1::text[])::text as similar where not posts.has_only_stop_words($1::text[], null)`,
}
