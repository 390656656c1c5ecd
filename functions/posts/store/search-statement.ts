import type { ListRequest } from './list-request.ts'
import { Parameters } from './list-sources.ts'
import { type Built, maxTotal, otherConditions } from './list-statement.ts'
import { fitted, joins, listedColumns, longFields } from './rows.ts'

export interface SearchRequest extends Omit<ListRequest, 'order'> {
  readonly words: readonly string[]
}

/**
 * Only the newest of all that match are ranked: to rank each of a million posts that have a common word would take
 * seconds, and nobody reads so far.
 */
const maxRanked = 200

/** Characters that no text here can have; the domain turns them into HTML when it has escaped the rest. */
export const highlightMarks = { start: '\u0002', stop: '\u0003' }

const headlineOptions = (more: string) =>
  `'StartSel=${highlightMarks.start}, StopSel=${highlightMarks.stop}, ${more}'`

/** Characters of HTML that are parsed for the highlights of one page, 0.3 µs each, and of one post at most. */
const headlineBudget = 100_000
const maxHeadlineLength = 20_000

const daysBefore = (days: number) => new Date(Date.now() - days * 86_400_000)

/**
 * What has all the words, or with `likened` (a tsquery) what has words like them. A page of the one never goes on with
 * the other, so a cursor names which it was.
 *
 * The newest of all that match are looked for in the last 60 days, where those have less than 200 in the last 360, and
 * only then further back: of a word in 10,000 posts of five years 330 are read and not all. A plan needs to see the
 * query and the days themselves. It may walk through the newest posts by time, which is best for a common word; the
 * added interval keeps it from walking further, through all posts for a word that few have.
 */
export function buildSearch(request: SearchRequest, likened?: string): Built {
  const { words, filters, fields, limit, after, withTotal } = request
  const parameters = new Parameters()
  // Words are letters and digits (words.ts), so they need no quoting.
  const asked = () =>
    `posts.search_query(${parameters.add(`${words.join(' & ')}:*`, 'text')}, ${parameters.add(filters.language ?? null, 'text')})`
  const [mode, query] =
    likened === undefined ? ['exact', asked()] : ['similar', parameters.add(likened, 'tsquery')]
  const time = 'post.published_at'
  const source = {
    key: ['post.author_id', 'post.id'],
    publishedAt: time,
    answers: [],
  } as const
  const narrowed = otherConditions(filters, source, parameters)
  const [, ...place] = after ?? []
  const types = ['real', 'timestamptz', 'uuid']
  const isAfter =
    after === undefined
      ? 'true'
      : `(rank, published_at, post_id) < (${types.map((type, n) => parameters.add(place[n] ?? null, type)).join(', ')})`

  // Only where it is looked for by time a plan may use an index of the time.
  const anyTime = `post.published_at + interval '0'`
  const matching = (publishedAt: string, ...conditions: readonly string[]) =>
    [
      `post.state = 'published'`,
      `${publishedAt} <= now()`,
      `post.search @@ ${query}`,
      ...narrowed,
      ...conditions,
    ].join(' and ')
  const newest = (publishedAt: string, conditions: string) => `select post.author_id, post.id as post_id,
        post.published_at, ts_rank(post.search, (select query from asked)) as rank
      from posts.posts post
      where ${conditions}
      order by ${publishedAt} desc, post.id desc
      limit ${maxRanked}`
  const since = (days: number) => `${time} >= ${parameters.add(daysBefore(days), 'timestamptz')}`
  const isEnough = (of: string) => `(select count(*) = ${maxRanked} from ${of})`
  const total = withTotal
    ? `, (select count(*) from (
        select from posts.posts post where ${matching(time)} limit ${maxTotal + 1}
      ) counted)::int as total`
    : ''
  // None is made for a post that the page has no room for.
  const fits = fields.some(field => longFields.includes(field)) ? 'page.fits' : 'true'
  // Signs are put aside while the text is parsed, as they were when it was indexed (posts.plain_words).
  const headline = (of: string, options: string) =>
    `case when ${fits} then posts.with_signs(ts_headline(posts.search_configuration(post.language),
        posts.without_signs(${of}), (select query from asked), ${headlineOptions(options)})) end`
  const headlineLength = parameters.add(
    Math.min(maxHeadlineLength, Math.floor(headlineBudget / limit)),
    'int',
  )
  const pageOrder = 'page.rank desc, page.published_at desc, page.post_id desc'
  const page = `select author_id, post_id, published_at, rank
      from (
        select * from lately where ${isEnough('lately')}
        union all
        select * from this_year where ${isEnough('this_year')}
        union all
        select * from ever
      ) newest
      where ${isAfter}
      order by rank desc, published_at desc, post_id desc
      limit ${parameters.add(limit, 'int')}`
  return {
    name: '',
    text: `with asked as materialized (
      select ${query} as query
    ), lately as materialized (
      ${newest(time, matching(time, since(60)))}
    ), this_year as materialized (
      ${newest(anyTime, matching(time, since(360), `not ${isEnough('lately')}`))}
    ), ever as materialized (
      ${newest(anyTime, matching(anyTime, `not ${isEnough('lately')}`, `not ${isEnough('this_year')}`))}
    )
    select ${listedColumns(fields)},
      ${headline('post.title', 'HighlightAll=true')} as "titleHighlight",
      ${headline(
        `regexp_replace(left(post.html, ${headlineLength}), '<[^>]*>?', ' ', 'g')`,
        'MaxFragments=2, MinWords=6, MaxWords=18, FragmentDelimiter=" … "',
      )} as "textHighlight",
      array['${mode}', page.rank::text, page.published_at::text, page.post_id::text] as position${total}
    from (${fitted(page, pageOrder, fields)}) page
    ${joins('page')}
    order by ${pageOrder}`,
    parameters: parameters.values,
  }
}

/** Null where there is a word that no title has one like. */
export const selectLikened = {
  name: 'select_likened_words',
  text: `select posts.similar_query($1::text[])::text as likened`,
}
