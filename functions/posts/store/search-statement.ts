import type { ListRequest } from './list-request.ts'
import { Parameters } from './list-sources.ts'
import { type Built, maxTotal, otherConditions } from './list-statement.ts'
import { columns, isPublic, joins } from './rows.ts'

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

/** Long enough for every excerpt, short enough to be parsed for a whole page of posts. */
const headlineLength = 20_000

/**
 * What has all the words, or with `likened` (a tsquery) what has words like them. A page of the one never goes on with
 * the other, so a cursor names which it was.
 */
export function buildSearch(request: SearchRequest, likened?: string): Built {
  const { words, filters, fields, limit, after, withTotal } = request
  const parameters = new Parameters()
  // Words are letters and digits (words.ts), so they need no quoting.
  const asked = () =>
    `posts.search_query(${parameters.add(`${words.join(' & ')}:*`, 'text')}, ${parameters.add(filters.language ?? null, 'text')})`
  const [mode, query] =
    likened === undefined ? ['exact', asked()] : ['similar', parameters.add(likened, 'tsquery')]
  const source = {
    key: ['post.author_id', 'post.id'],
    publishedAt: 'post.published_at',
    answers: [],
  } as const
  const conditions = [isPublic('post'), ...otherConditions(filters, source, parameters)].join(' and ')
  const [, ...place] = after ?? []
  const types = ['real', 'timestamptz', 'uuid']
  const isAfter =
    after === undefined
      ? 'true'
      : `(rank, published_at, post_id) < (${types.map((type, n) => parameters.add(place[n] ?? null, type)).join(', ')})`
  const total = withTotal
    ? `, (select count(*) from (
        select from posts.posts post where ${conditions} and post.search @@ ${query} limit ${maxTotal + 1}
      ) counted)::int as total`
    : ''
  const headline = (of: string, options: string) =>
    `ts_headline(posts.search_configuration(post.language), ${of}, page.query, ${headlineOptions(options)})`
  return {
    name: '',
    // Where rows are looked for the plan needs to see the query itself, which costs a millisecond; elsewhere it is
    // evaluated once.
    text: `select ${columns(fields)},
      ${headline('post.title', 'HighlightAll=true')} as "titleHighlight",
      ${headline(
        `regexp_replace(left(post.html, ${headlineLength}), '<[^>]*>?', ' ', 'g')`,
        'MaxFragments=2, MinWords=6, MaxWords=18, FragmentDelimiter=" … "',
      )} as "textHighlight",
      array['${mode}', page.rank::text, page.published_at::text, page.post_id::text] as position${total}
    from (
      select author_id, post_id, published_at, rank, (select ${query}) as query
      from (
        select post.author_id, post.id as post_id, post.published_at, ts_rank(post.search, (select ${query})) as rank
        from posts.posts post
        where ${conditions} and post.search @@ ${query}
        order by post.published_at desc, post.id desc
        limit ${maxRanked}
      ) newest
      where ${isAfter}
      order by rank desc, published_at desc, post_id desc
      limit ${parameters.add(limit, 'int')}
    ) page
    ${joins('page')}
    order by page.rank desc, page.published_at desc, page.post_id desc`,
    parameters: parameters.values,
  }
}

/** Null where there is a word that no title has one like. */
export const selectLikened = {
  name: 'select_likened_words',
  text: `select posts.similar_query($1::text[])::text as likened`,
}
