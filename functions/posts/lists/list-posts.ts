import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { defaultLimit } from '../../shared/page.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { usernameKey } from '../../shared/username.ts'
import type { Dependencies } from '../dependencies.ts'
import { type PageDocument, toListed, toTextDocument } from '../posts/documents.ts'
import { searchPosts } from '../search/queries.ts'
import { toSearchQuery } from '../search/search-query.ts'
import { maxFound, type SearchQuery } from '../search/search-statement.ts'
import { literalOf, parseSearch } from '../search/words.ts'
import { cachedPage, type Page, uncachedPage } from './cached-page.ts'
import { assertCompatibleFilters } from './compatible-filters.ts'
import type { ListFilters, ListRequest } from './list-request.ts'
import { maxTotal } from './list-statement.ts'
import { movedPage } from './moved-authors.ts'
import { fillPage, pageJson } from './page.ts'
import { findPage, type PagedRow } from './queries.ts'
import type { ListQuery } from './schemas.ts'

/** The list that a query requests, with its order, whatever the page. */
export interface PostList extends Pick<ListRequest, 'filters' | 'order' | 'fields' | 'withTotal'> {
  /** Undefined without a search; null for one that no post can match. */
  readonly search: SearchQuery | null | undefined
}

/** Not a valid username, so that it matches no account: stands for a name that nobody can have. */
const nobody = '-'

export function toPostList(query: ListQuery, actor: Actor | undefined): PostList {
  const { state, order = 'newest', fields, total, q } = query
  assertCompatibleFilters(query)
  const own = state && { accountId: requireActor(actor).accountId, state }
  return {
    filters: { ...toFilters(query, actor), own },
    order,
    fields,
    withTotal: total === 'true',
    search: q === undefined ? undefined : (toSearchQuery(parseSearch(q), literalOf(q)) ?? null),
  }
}

type FilterQuery = Pick<ListQuery, 'tag' | 'author' | 'favoritedBy' | 'language' | 'from' | 'to'>

export const toFilters = (
  { tag, author, favoritedBy, language, from, to }: FilterQuery,
  reader?: Actor,
): ListFilters => ({
  tag,
  author: author && (usernameKey(author) ?? nobody),
  favoritedBy:
    favoritedBy === undefined
      ? undefined
      : { usernameKey: usernameKey(favoritedBy) ?? nobody, reader: reader?.accountId },
  language,
  from,
  to,
})

export interface PagePosition {
  readonly limit: number
  /** The sort key of the last item of the previous page; undefined for the first page. */
  readonly after: readonly string[] | undefined
}

interface ListedFor {
  readonly list: PostList
  readonly viewer: Actor | undefined
}

/** One page of posts. First pages, which most readers ask for, are cached. */
export async function listPosts(
  dependencies: Pick<Dependencies, 'db' | 'readDb' | 'postCache' | 'encodeCursor'>,
  { list, limit, after, viewer }: ListedFor & PagePosition,
): Promise<Page> {
  const { filters, fields, search, withTotal } = list
  const load = (db: Queryable) => loadPage({ ...dependencies, db }, list, { limit, after })
  const isPublic = filters.own === undefined && filters.favoritedBy?.reader === undefined
  if (!isPublic || after !== undefined) return uncachedPage(await load(dependencies.db), isPublic)
  const key = `list:${listName(list)}:${fields.join()}:${limit}:${withTotal}`
  // Of one list 100 lengths: kept for an outage, they would push the copies of others out of Redis.
  const ephemeral =
    search !== undefined || filters.from !== undefined || filters.to !== undefined || limit !== defaultLimit
  const db = viewer === undefined ? dependencies.readDb : dependencies.db
  return cachedPage(dependencies.postCache, { key, ephemeral }, () => load(db))
}

async function loadPage(
  { db, encodeCursor }: Pick<Dependencies, 'encodeCursor'> & { readonly db: Queryable },
  list: PostList,
  { limit, after }: PagePosition,
): Promise<PageDocument> {
  const { fields, search, withTotal } = list
  const rows = await findRows(db, list, { limit: limit + 1, after })
  const moved = rows.length === 0 ? await movedPage(db, list.filters) : undefined
  if (moved !== undefined) return moved
  const { items, end } = fillPage(rows, limit, row => toListed(row, fields))
  const nextCursor = end === undefined ? null : encodeCursor(cursorScope(list), end.position)
  // The posts after the cursor may be deleted, and each row has the total.
  const isPastEnd = rows.length === 0 && after !== undefined
  const counted = withTotal && isPastEnd ? await findRows(db, list, { limit: 1, after: undefined }) : rows
  const total = withTotal && totalOf(counted, search === undefined ? maxTotal : maxFound - 1)
  return toTextDocument(pageJson(items, { nextCursor, ...total }))
}

function findRows(db: Queryable, { search, ...list }: PostList, position: PagePosition) {
  const request = { ...list, ...position }
  return search === undefined ? findPage(db, request) : searchPosts(db, { ...request, query: search })
}

/**
 * The list that a cursor is valid for. It leaves out usernames, which change while the list continues under the new one;
 * a position in the list of one author is also one in that of another and reveals nothing.
 */
export const cursorScope = ({ filters, ...list }: PostList): string =>
  listName({
    ...list,
    filters: {
      ...filters,
      author: filters.author && '*',
      favoritedBy: filters.favoritedBy && '*',
    },
  })

interface NamedList extends Pick<PostList, 'order' | 'search'> {
  readonly filters: object
}

/** Everything that decides which posts a list has, and in which order. */
const listName = ({ filters, order, search }: NamedList): string =>
  `posts:${order}:${JSON.stringify(filters)}:${JSON.stringify(search) ?? ''}`

function totalOf([first]: readonly PagedRow[], maxExact: number) {
  const counted = first?.total ?? 0
  return { total: Math.min(counted, maxTotal), totalIsExact: counted <= maxExact }
}

function requireActor(actor: Actor | undefined): Actor {
  if (actor !== undefined) return actor
  throw new DomainError('unauthenticated', {
    detail: 'Only your own posts are listed by state: send an access token.',
  })
}
