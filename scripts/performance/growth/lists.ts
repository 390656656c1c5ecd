import type { Dataset } from './dataset.ts'

export interface List {
  readonly name: string
  /** Returns the path of request `n`: each differs from the others, and asks for as many rows at every size. */
  path(n: number, dataset: Dataset): string
  /** The reader follows 200 accounts, and not 5,000. */
  readonly followsFew?: true
  /** There is one such list, which a process caches for 250 ms: it is requested less often, after that. */
  readonly isSingle?: true
  /** The response has more items where there are more posts: it is shown, and has no goal. */
  readonly grows?: true
}

const list = (name: string, path: List['path'], options: Omit<List, 'name' | 'path'> = {}): List => ({
  name,
  path,
  ...options,
})
const pick = (values: readonly string[], n: number) => values[n % values.length] ?? ''

const limit = (n: number) => `limit=${10 + (n % 40)}`
const tag = (n: number) => `tag=tag-${1 + (n % 40)}`
const popularTag = (n: number) => `tag=tag-${1 + (n % 10)}`
/** The authors with the most posts: each has 14 or more at 10,000 posts. */
const author = (n: number) => `author=seed-${n % 20}&limit=${8 + (n % 3)}`
const language = (n: number) => `language=${pick(['de', 'en', 'es', 'fr'], n)}`

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
/** Thirty days that begin from 210 to 359 days ago. */
const month = (n: number) => `from=${daysAgo(210 + (n % 150))}&to=${daysAgo(180 + (n % 150))}`
const mistype = (word: string) => `${word.slice(0, 2)}x${word.slice(2)}`

const unspaced = (n: number) => encodeURIComponent(pick(['東京都庁', '展望室', '都庁'], n))
const common = (n: number, { words }: Dataset) => pick(words.common, n)

/** `query` follows `q=`. */
const search = (name: string, query: List['path']) =>
  list(`search: ${name}`, (n, dataset) => `/posts?q=${query(n, dataset)}`)

function replies(n: number, { parents }: Dataset): string {
  const { slug = '', id = '' } = parents[n % parents.length] ?? {}
  return `/posts/${slug}/comments?parent=${id}&limit=10`
}

/** Every list, search and feed of the API. */
export const lists: readonly List[] = [
  list('newest', n => `/posts?${limit(n)}`),
  list('newest, a later page', (n, { cursors }) => `/posts?limit=12&cursor=${pick(cursors.newest, n)}`),
  list('newest, with total', n => `/posts?total=true&${limit(n)}`),
  list('oldest', n => `/posts?order=oldest&${limit(n)}`),
  list('most liked', n => `/posts?order=favorites&${limit(n)}`),
  list('tag', n => `/posts?${tag(n)}&${limit(n)}`),
  list('tag, most liked', n => `/posts?${tag(n)}&order=favorites&${limit(n)}`),
  list('author', n => `/posts?${author(n)}`),
  list('author, most liked', n => `/posts?order=favorites&${author(n)}`),
  list('author and tag', n => `/posts?author=seed-0&tag=tag-${1 + (n % 2)}&limit=${3 + (n % 13)}`),
  list('language', n => `/posts?${language(n)}&${limit(n)}`),
  list('language and tag', n => `/posts?${language(n)}&${popularTag(n)}&limit=20`),
  list('month', n => `/posts?${month(n)}&${limit(n)}`),
  list('favorited by', n => `/posts?favoritedBy=seed-${n % 10}&limit=${8 + (n % 3)}`),
  list('own drafts', n => `/posts?state=draft&${limit(n)}`),
  list('own scheduled', n => `/posts?state=scheduled&limit=${10 + (n % 30)}`),
  list('own of any state', n => `/posts?state=any&${limit(n)}`),
  list('feed of 200', n => `/posts/feed?${limit(n)}`, { followsFew: true }),
  list(
    'feed of 200, a later page',
    (n, { cursors }) => `/posts/feed?limit=12&cursor=${pick(cursors.feedOfFew, n)}`,
    { followsFew: true },
  ),
  list('feed of 5,000', n => `/posts/feed?${limit(n)}`),
  list(
    'feed of 5,000, a later page',
    (n, { cursors }) => `/posts/feed?limit=12&cursor=${pick(cursors.feedOfMany, n)}`,
  ),
  search('a word of 10 posts', n => `rare${n}x&limit=10`),
  search('a word of 2 in 1,000 posts', (n, { words }) => `${pick(words.rare, n)}&limit=20`),
  search('a word of 1 in 100 posts', (n, { words }) => `${pick(words.uncommon, n)}&limit=20`),
  search('a common word', (n, data) => `${common(n, data)}&${limit(n)}`),
  search('two words', (n, data) => `${common(n, data)}%20${common(n + 1, data)}&${limit(n)}`),
  search('a common word of a tag', (n, data) => `${common(n, data)}&${popularTag(n)}&limit=20`),
  search('a common word, years ago', (n, data) => `${common(n, data)}&to=${daysAgo(900 + n)}&limit=20`),
  search('a phrase', (n, data) => `%22${common(n, data)}%20${common(n + 1, data)}%22&limit=20`),
  search(
    'a common word without another',
    (n, data) => `${common(n, data)}%20-${common(n + 1, data)}&limit=20`,
  ),
  search('the beginning of a word', (n, data) => `${common(n, data).slice(0, 3)}&limit=20`),
  search('text without spaces in 1 of 100 posts', n => `${unspaced(n)}&limit=${10 + (n % 10)}`),
  search('a mistyped word', (n, data) => `${mistype(common(n, data))}&limit=20`),
  list('tags', n => `/posts/tags?${limit(n)}`),
  list('comments', n => `/posts/seed-${n % 20}/comments?limit=${10 + (n % 20)}`),
  list('replies', replies),
  list('Atom of a tag', n => `/posts/atom.xml?${tag(n)}`),
  list('index of the sitemaps', () => '/posts/sitemap.xml', { isSingle: true }),
  list('sitemap of a day', n => `/posts/sitemap.xml?day=${daysAgo(10 + n).slice(0, 10)}`, { grows: true }),
]
