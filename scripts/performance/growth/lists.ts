import type { Known } from './known.ts'

export interface List {
  readonly name: string
  /** Of the request number `n`: each asks for something else, and for as many rows at every size. */
  path(n: number, known: Known): string
  /** Who asks, if not the account that follows 5,000. */
  readonly reader?: 'followsFew'
  /** The one question of its kind, kept for up to 250 ms whoever asks: it is asked less often, and after that. */
  readonly isSingle?: true
  /** The answer itself has more in it where there are more posts: it is shown, and has no goal. */
  readonly grows?: true
}

const size = (n: number) => `limit=${10 + (n % 40)}`
const tag = (n: number) => `tag=tag-${1 + (n % 40)}`
/** Those with the most posts: at 10,000 posts each of them has 14 or more. */
const author = (n: number) => `seed-${n % 20}`
const languages = ['de', 'en', 'es', 'fr']
const language = (n: number) => `language=${languages[n % languages.length]}`
const pick = (values: readonly string[], n: number) => values[n % values.length] ?? ''

const dayMs = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString()
/** Thirty days, from half a year to a year ago. */
const month = (n: number) => `from=${daysAgo(210 + (n % 150))}&to=${daysAgo(180 + (n % 150))}`

/** Every list, search and feed of the API. */
export const lists: readonly List[] = [
  { name: 'newest', path: n => `/posts?${size(n)}` },
  { name: 'newest, a later page', path: (n, { pages }) => `/posts?limit=12&cursor=${pick(pages.newest, n)}` },
  { name: 'newest, with total', path: n => `/posts?total=true&${size(n)}` },
  { name: 'oldest', path: n => `/posts?order=oldest&${size(n)}` },
  { name: 'most liked', path: n => `/posts?order=favorites&${size(n)}` },
  { name: 'tag', path: n => `/posts?${tag(n)}&${size(n)}` },
  { name: 'tag, most liked', path: n => `/posts?${tag(n)}&order=favorites&${size(n)}` },
  { name: 'author', path: n => `/posts?author=${author(n)}&limit=${8 + (n % 3)}` },
  {
    name: 'author, most liked',
    path: n => `/posts?author=${author(n)}&order=favorites&limit=${8 + (n % 3)}`,
  },
  { name: 'author and tag', path: n => `/posts?author=seed-0&tag=tag-${1 + (n % 2)}&limit=${3 + (n % 13)}` },
  { name: 'language', path: n => `/posts?${language(n)}&${size(n)}` },
  { name: 'language and tag', path: n => `/posts?${language(n)}&tag=tag-${1 + (n % 10)}&limit=20` },
  { name: 'month', path: n => `/posts?${month(n)}&${size(n)}` },
  { name: 'favorited by', path: n => `/posts?favoritedBy=seed-${n % 10}&limit=${8 + (n % 3)}` },
  { name: 'own drafts', path: n => `/posts?state=draft&${size(n)}` },
  { name: 'own scheduled', path: n => `/posts?state=scheduled&limit=${10 + (n % 30)}` },
  { name: 'own of any state', path: n => `/posts?state=any&${size(n)}` },
  { name: 'feed of 200', path: n => `/posts/feed?${size(n)}`, reader: 'followsFew' },
  {
    name: 'feed of 200, a later page',
    path: (n, { pages }) => `/posts/feed?limit=12&cursor=${pick(pages.feedOfFew, n)}`,
    reader: 'followsFew',
  },
  { name: 'feed of 5,000', path: n => `/posts/feed?${size(n)}` },
  {
    name: 'feed of 5,000, a later page',
    path: (n, { pages }) => `/posts/feed?limit=12&cursor=${pick(pages.feedOfMany, n)}`,
  },
  { name: 'search: a word of 10 posts', path: n => `/posts?q=rare${n}x&limit=10` },
  {
    name: 'search: a word of 2 in 1,000 posts',
    path: (n, { words }) => `/posts?q=${pick(words.seldom, n)}&limit=20`,
  },
  {
    name: 'search: a word of 1 in 100 posts',
    path: (n, { words }) => `/posts?q=${pick(words.uncommon, n)}&limit=20`,
  },
  { name: 'search: a common word', path: (n, { words }) => `/posts?q=${pick(words.common, n)}&${size(n)}` },
  {
    name: 'search: two words',
    path: (n, { words }) => `/posts?q=${pick(words.common, n)}%20${pick(words.common, n + 1)}&${size(n)}`,
  },
  {
    name: 'search: a common word of a tag',
    path: (n, { words }) => `/posts?q=${pick(words.common, n)}&tag=tag-${1 + (n % 10)}&limit=20`,
  },
  {
    name: 'search: a mistyped word',
    path: (n, { words }) => `/posts?q=${mistype(pick(words.common, n))}&limit=20`,
  },
  { name: 'tags', path: n => `/posts/tags?${size(n)}` },
  { name: 'comments', path: n => `/posts/seed-${n % 20}/comments?limit=${10 + (n % 20)}` },
  {
    name: 'replies',
    path: (n, { parents }) => {
      const { slug = '', id = '' } = parents[n % parents.length] ?? {}
      return `/posts/${slug}/comments?parent=${id}&limit=10`
    },
  },
  { name: 'Atom of a tag', path: n => `/posts/atom.xml?${tag(n)}` },
  { name: 'index of the sitemaps', path: () => '/posts/sitemap.xml', isSingle: true },
  {
    name: 'sitemap of a day',
    path: n => `/posts/sitemap.xml?day=${daysAgo(10 + n).slice(0, 10)}`,
    grows: true,
  },
]

const mistype = (word: string) => `${word.slice(0, 2)}x${word.slice(2)}`
