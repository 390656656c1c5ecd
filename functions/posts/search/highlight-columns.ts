/** Control characters that no text here contains; highlights.ts turns them into HTML after escaping the rest. */
const start = '\u0002'
const stop = '\u0003'

/** Characters of HTML parsed for the highlights of one page, at 0.3 µs each, and of one post. */
const parsedPerPage = 100_000
const maxParsed = 20_000

export const parsedLength = (postsPerPage: number): number =>
  Math.min(maxParsed, Math.floor(parsedPerPage / postsPerPage))

/** Characters of the marked text from which highlights.ts takes the words around a match, and those before the match. */
const windowLength = 600
const before = 150

/**
 * The words of a query as alternatives. ts_headline multiplies out a query of alternatives that require several words each,
 * as every language makes its own: eight letters took 23 GB of memory, in a loop that no timeout ends.
 */
export const anyWordOf = (query: string): string =>
  `(select string_agg(distinct word[1], ' | ')::tsquery
        from regexp_matches((${query})::text, '''[^'']+''(?::\\*)?', 'g') word)`

/** Signs are replaced while the text is parsed, as they were when it was indexed (posts.plain_words). */
const marked = (text: string) =>
  `ts_headline(posts.search_configuration(post.language), posts.without_signs(${text}),
        (select any_word from asked), 'StartSel=${start}, StopSel=${stop}, HighlightAll=true')`

/** Without tags and entities, or `amp` would be found in each `&amp;`. */
const textOf = (html: string) =>
  `replace(replace(replace(regexp_replace(${html}, '<[^>]*>?', ' ', 'g'), '&lt;', '<'), '&gt;', '>'), '&amp;', '&')`

export const highlightColumns = `posts.with_signs(marked.title) as "titleHighlight", posts.with_signs(case when marked.place <= ${before}
        then left(marked.text, ${windowLength})
        else regexp_replace(substr(marked.text, marked.place - ${before}, ${windowLength}), '^\\S*\\s', '')
      end) as "textHighlight"`

/**
 * Marks whole texts and finds two matches next to each other, or else the first: in proportion to the text. Postgres's own
 * choice of fragments compares matches with each other, and took 200 ms for one post that repeats the words of a search.
 * Nothing for a post where `condition` is false.
 */
export const joinMarked = (condition: string, length: string): string =>
  `left join lateral (
      select title, text, coalesce(
        nullif(regexp_instr(text, '${stop}[^${start}${stop}]{1,20}${start}'), 0),
        nullif(strpos(text, '${start}'), 0),
        1
      ) as place
      from (
        select ${marked('post.title')} as title,
          ${marked(textOf(`left(post.html, ${length})`))} as text
        offset 0
      ) whole
      offset 0
    ) marked on ${condition}`
