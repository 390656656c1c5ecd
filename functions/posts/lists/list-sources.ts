import type { Parameter } from '../../shared/postgres/database.ts'
import { isPublic } from '../posts/post-columns.ts'
import type { ListFilters, ListRequest, Order } from './list-request.ts'

/** A relation that a list is read from. It has an index with the list's filter first, then its order. */
export interface Source {
  readonly from: string
  /** The expressions of author_id and post_id. */
  readonly key: readonly [string, string]
  readonly publishedAt: string
  /** Of all filters but the period. */
  readonly conditions: readonly string[]
  /** The expressions of the sort key and their types. */
  readonly sort: readonly (readonly [expression: string, type: string])[]
  readonly direction: 'asc' | 'desc'
}

/** Numbers the parameters of a statement. */
export class Parameters {
  readonly values: Parameter[] = []
  add(value: Parameter, type: string): string {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }
}

/** Null for a private profile, whose favorites nobody else may see. */
const favoritingAccount = (
  { usernameKey, reader }: NonNullable<ListFilters['favoritedBy']>,
  parameters: Parameters,
) =>
  `(select id from profile.authors where username_key = ${parameters.add(usernameKey, 'text')}
        and (is_public or id = ${parameters.add(reader ?? null, 'uuid')}))`

export const accountOf = (parameter: string) =>
  `(select id from profile.authors where username_key = ${parameter})`

export function chooseSource({ filters, order }: ListRequest, parameters: Parameters): Source {
  const direction = order === 'oldest' ? 'asc' : 'desc'
  if (filters.own) return ownPosts(filters.own, direction, parameters)
  if (filters.favoritedBy) return favoritesOf(filters.favoritedBy, direction, parameters)
  if (filters.tag) return taggedPosts(filters.tag, filters, order, parameters)
  return publicPosts(filters, order, parameters)
}

function ownPosts(
  { accountId, state }: NonNullable<ListFilters['own']>,
  direction: 'asc' | 'desc',
  parameters: Parameters,
): Source {
  const own = `post.author_id = ${parameters.add(accountId, 'uuid')}`
  const isTimed = state === 'published' || state === 'scheduled'
  const conditions = {
    any: [own],
    draft: [own, `post.state = 'draft'`],
    archived: [own, `post.state = 'archived'`],
    published: [own, isPublic('post')],
    scheduled: [own, `post.state = 'published' and post.published_at > now()`],
  }
  return {
    from: 'posts.posts post',
    key: ['post.author_id', 'post.id'],
    publishedAt: 'post.published_at',
    conditions: conditions[state],
    sort: [...(isTimed ? [['post.published_at', 'timestamptz'] as const] : []), ['post.id', 'uuid']],
    direction,
  }
}

/** Ordered by the time at which they became favorites. */
function favoritesOf(
  favoritedBy: NonNullable<ListFilters['favoritedBy']>,
  direction: 'asc' | 'desc',
  parameters: Parameters,
): Source {
  return {
    from: `posts.favorites favorite
        join posts.posts post on post.author_id = favorite.author_id and post.id = favorite.post_id`,
    key: ['favorite.author_id', 'favorite.post_id'],
    publishedAt: 'post.published_at',
    conditions: [`favorite.account_id = ${favoritingAccount(favoritedBy, parameters)}`, isPublic('post')],
    sort: [['favorite.id', 'uuid']],
    direction,
  }
}

function taggedPosts(
  tag: string,
  { author, language }: ListFilters,
  order: Order,
  parameters: Parameters,
): Source {
  const conditions = [`tagged.tag = ${parameters.add(tag, 'text')}`, 'tagged.published_at <= now()']
  if (author) conditions.push(`tagged.author_id = ${accountOf(parameters.add(author, 'text'))}`)
  if (language) conditions.push(`tagged.language = ${parameters.add(language, 'text')}`)
  return {
    from: 'posts.post_tags tagged',
    key: ['tagged.author_id', 'tagged.post_id'],
    publishedAt: 'tagged.published_at',
    conditions,
    ...sortOf(order, 'tagged.favorites', 'tagged.published_at', 'tagged.post_id'),
  }
}

function publicPosts({ author, language }: ListFilters, order: Order, parameters: Parameters): Source {
  const byFavorites = order === 'favorites'
  const [from, alias, id] = byFavorites
    ? ['posts.post_counts listed', 'listed', 'listed.post_id']
    : ['posts.posts post', 'post', 'post.id']
  const published = byFavorites ? 'listed.published_at <= now()' : isPublic('post')
  const conditions = [published]
  if (author) conditions.push(`${alias}.author_id = ${accountOf(parameters.add(author, 'text'))}`)
  if (language) conditions.push(`post.language = ${parameters.add(language, 'text')}`)
  return {
    from,
    key: [`${alias}.author_id`, id],
    publishedAt: `${alias}.published_at`,
    conditions,
    ...sortOf(order, `${alias}.favorites`, `${alias}.published_at`, id),
  }
}

function sortOf(
  order: Order,
  favorites: string,
  publishedAt: string,
  id: string,
): Pick<Source, 'sort' | 'direction'> {
  const byTime = [[publishedAt, 'timestamptz'] as const, [id, 'uuid'] as const]
  if (order === 'favorites') return { sort: [[favorites, 'int'], ...byTime], direction: 'desc' }
  return { sort: byTime, direction: order === 'oldest' ? 'asc' : 'desc' }
}
