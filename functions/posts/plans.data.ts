import { writeFileSync } from 'node:fs'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seed } from '../../scripts/seed/run.ts'
import { maxUuid, minUuid } from '../shared/ids.ts'
import { createTestDatabase } from '../shared/testing/database.ts'
import { commentPages } from './comments/page-queries.ts'
import { selectFavorite } from './favorites/queries.ts'
import { selectFeed } from './feed/queries.ts'
import type { ListFilters } from './lists/list-request.ts'
import { selectBySlug } from './posts/queries.ts'
import { selectDay, selectDays } from './syndication/queries.ts'
import { selectTags } from './tags/queries.ts'
import { type Case, fixed, list, page, search } from './test-plan-cases.ts'
import { connectExplainer, type Plan } from './test-plans.ts'

/** `POSTS=1000000 make test-data` runs them on a million. */
const posts = Number(process.env['POSTS'] ?? 200_000)
const { ownerUrl } = await createTestDatabase()
const { client, explain } = await connectExplainer(ownerUrl)
const measured: string[] = []

const Known = v.object({
  reader: v.string(),
  slug: v.string(),
  middle: v.string(),
  common: v.string(),
  medium: v.string(),
  rare: v.string(),
  similarMedium: v.string(),
  similarCommon: v.string(),
})
let known: v.InferOutput<typeof Known>

beforeAll(async () => {
  await seed(ownerUrl, posts)
  const { rows } = await client.query(choose)
  known = v.parse(Known, rows[0])
}, 3_600_000)
afterAll(async () => {
  await client.end()
  const file = process.env['PLANS_FILE']
  if (file !== undefined) writeFileSync(file, measured.join(''))
})

const choose = `with words as (
    select word, ndoc from ts_stat($$select to_tsvector('posts.other', title || ' ' || body) from posts.posts limit 20000$$)
    where word ~ '^[a-z]{6,}$'
  ), chosen as (
    select (select word from words order by ndoc desc limit 1) as common,
      (select word from words where ndoc < 200 order by ndoc desc limit 1) as medium,
      (select word from words order by ndoc, word limit 1) as rare
  ), similar_words as (
    select posts.similar_query(array[overlay(medium placing 'x' from 3 for 0)])::text as "similarMedium",
      posts.similar_query(array[overlay(common placing 'x' from 3 for 0)])::text as "similarCommon"
    from chosen
  )
  select chosen.*, similar_words.*, (select id::text from auth.accounts where username = 'seed-0') as reader,
    (select slug from posts.posts where state = 'published' order by published_at limit 1) as slug,
    (select published_at::text from posts.posts where state = 'published' order by published_at offset ${Math.floor(posts / 2)} limit 1) as middle
  from chosen, similar_words`

const author = 'seed-0'
const own = (state: 'draft' | 'scheduled' | 'published' | 'archived' | 'any'): ListFilters => ({
  get own() {
    return { accountId: known.reader, state }
  },
})
const from = new Date(Date.now() - 30 * 86_400_000)
const middle = ['2024-01-01T00:00:00Z', minUuid]

const cases: readonly Case[] = [
  fixed('one post', 'slugs_pkey', selectBySlug, () => [known.slug], 30),
  list('newest', 'posts_by_time', {}),
  list('newest, in the middle', 'posts_by_time', {}, { after: middle }),
  list('oldest', 'posts_by_time', {}, { order: 'oldest' }),
  list('most favorited', 'post_counts_by_favorites', {}, { order: 'favorites' }),
  list('with total', 'posts_by_time', {}, { withTotal: true, maxPages: 12_000 }),
  list('of a common tag', 'post_tags_by_time', { tag: 'tag-1' }),
  list('of a common tag, in the middle', 'post_tags_by_time', { tag: 'tag-1' }, { after: middle }),
  list('of a rare tag', 'post_tags_by_time', { tag: 'tag-499' }),
  list('of a tag, most favorited', 'post_tags_by_favorites', { tag: 'tag-3' }, { order: 'favorites' }),
  list('of an author', 'posts_by_author', { author }),
  list('of an author, most favorited', 'post_counts_of_author', { author }, { order: 'favorites' }),
  list('of an author and a tag', 'post_tags_of_author', { author, tag: 'tag-1' }),
  list('of a language', 'posts_by_', { language: 'fr' }),
  list('of a language and a tag', 'post_tags_by_language', { language: 'fr', tag: 'tag-1' }),
  list('of a language and an author', 'posts_by_author_and_language', { language: 'fr', author }),
  list('of a month', 'posts_by_time', { from }),
  list('favorited by', 'favorites_of_account', { favoritedBy: { usernameKey: author, reader: undefined } }),
  list('own drafts', 'posts_unpublished', own('draft')),
  list('own of any state', 'posts_pkey', own('any')),
  list('own scheduled', 'posts_', own('scheduled')),
  fixed(
    'feed of 5,000',
    'posts_by_author',
    selectFeed,
    () => [known.reader, 'infinity', maxUuid, page + 1],
    40_000,
  ),
  fixed('tags', 'tags_by_posts', selectTags, () => [2_147_483_647, '', page + 1], 30),
  fixed(
    'comments',
    'comments_of_parent',
    commentPages.oldest.post,
    () => [known.slug, null, minUuid, page + 1],
    400,
  ),
  fixed('favorite of mine', 'favorites_pkey', selectFavorite, () => [known.slug, known.reader], 40),
  fixed('sitemap index', 'posts_by_time', selectDays, () => ['https://api.test'], 20_000),
  fixed(
    'sitemap of a day',
    'posts_by_time',
    selectDay,
    () => [new Date(Date.now() - 86_400_000 * 3), 'https://api.test'],
    4_000,
  ),
  search('search: a rare word', () => [known.rare], 1_500),
  search('search: a word in 1 % of posts', () => [known.medium], 1_500),
  search('search: a common word', () => [known.common], 1_500),
  search('search: two words', () => [known.common, known.medium], 2_500),
  search('search: a common word of a rare tag', () => [known.common], 2_500, { tag: 'tag-499' }),
  search('search: a common word of a tag, a year ago', () => [known.common], 2_500, {
    tag: 'tag-3',
    to: new Date(Date.now() - 365 * 86_400_000),
  }),
  // Up to 10,000 posts with its words are examined.
  search('search: a phrase in no post', () => [`"${known.common} ${known.medium} ${known.common}"`], 8_000),
  ...(['similarMedium', 'similarCommon'] as const).map(similar =>
    search(
      `search: ${similar}`,
      () => ['similar'],
      2_500,
      {},
      () => known[similar],
    ),
  ),
]

test.each(cases)('$name reads through its index', async ({ name, statement, index, maxPages }) => {
  const { statement: explained, parameters } = statement()
  const plan: Plan = await explain(explained, parameters)
  measured.push(`${name}\t${plan.cpuMs.toFixed(2)}\t${plan.pages}\t${plan.indexes.join(' ')}\n`)
  expect(plan.scanned.filter(table => !small.has(table))).toEqual([])
  expect(plan.indexes.join(' ')).toContain(index)
  expect(plan.pages).toBeLessThan(maxPages)
})

/** Tables so small that a sequential scan is right: `count_changes` holds the writes of a quarter of a second. */
const small = new Set(['tags', 'title_words', 'profiles', 'count_changes'])
