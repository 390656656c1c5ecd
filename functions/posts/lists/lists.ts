import type { Actor } from '../../shared/access-token.ts'
import { Problem } from '../../shared/problems.ts'
import { usernameKey } from '../../shared/username.ts'
import { PageDocument, toListed, toTextDocument } from '../posts/documents.ts'
import type { PublicReads } from '../posts/post-cache.ts'
import { staleAgeMs } from '../posts/read-post.ts'
import type { Search } from '../search/queries.ts'
import { toSearchQuery } from '../search/search-query.ts'
import { maxFound, type SearchQuery } from '../search/search-statement.ts'
import { literalOf, parseSearch } from '../search/words.ts'
import { assertCompatibleFilters } from './compatible-filters.ts'
import type { ListFilters, ListRequest } from './list-request.ts'
import { maxTotal } from './list-statement.ts'
import { movedPage } from './moved-authors.ts'
import { fillPage, pageText } from './pages.ts'
import type { ListStore, PagedRow } from './queries.ts'
import type { ListQuery } from './schemas.ts'
import type { UsernameMoves } from './username-move-queries.ts'

/** What a query asks for: the list and its order, apart from the page of it. */
export interface ListOf extends Pick<ListRequest, 'filters' | 'order' | 'fields' | 'withTotal'> {
  /** What is searched for, if it is a search; null if nothing can have it. */
  readonly search: SearchQuery | null | undefined
}

/** No account has it, since it is no username: a name that nobody can have filters everything out. */
const nobody = '-'

export function listOf(query: ListQuery, actor: Actor | undefined): ListOf {
  const { tag, author, favoritedBy, language, from, to, state, order = 'newest', fields, total, q } = query
  assertCompatibleFilters(query)
  const filters: ListFilters = {
    tag,
    author: author && (usernameKey(author) ?? nobody),
    favoritedBy: favoritedBy && (usernameKey(favoritedBy) ?? nobody),
    language,
    from,
    to,
    own: state && { accountId: callerOf(actor).accountId, state },
  }
  return {
    filters,
    order,
    fields,
    withTotal: total === 'true',
    search: q === undefined ? undefined : (toSearchQuery(parseSearch(q), literalOf(q)) ?? null),
  }
}

/** Makes the cursor of a page's end; `name` is the list's. */
export type Seal = (name: string, position: readonly string[]) => string

export interface AgedPage {
  readonly document: PageDocument
  readonly isPublic: boolean
  readonly staleAgeMs: number | undefined
}

export interface PageRequest {
  readonly limit: number
  readonly after: readonly string[] | undefined
}

export interface ListsOptions {
  readonly store: ListStore
  readonly search: Search
  readonly moves: UsernameMoves
  readonly reads: PublicReads
  readonly seal: Seal
}

export function createLists({ store, search, moves, reads, seal }: ListsOptions) {
  async function load(
    list: ListOf,
    limit: number,
    after: readonly string[] | undefined,
  ): Promise<PageDocument> {
    const { fields, search: query, withTotal } = list
    const request = { ...list, limit: limit + 1, after }
    const rows = await (query === undefined ? store.page(request) : search({ ...request, query }))
    const moved = rows.length === 0 ? await movedPage(moves, list.filters) : undefined
    if (moved !== undefined) return moved
    const { items, end } = fillPage(rows, limit, row => toListed(row, fields))
    const nextCursor = end === undefined ? null : seal(cursorName(list), end.position)
    return toTextDocument(
      pageText(items, {
        nextCursor,
        ...(withTotal && totalOf(rows, query === undefined ? maxTotal : maxFound - 1)),
      }),
    )
  }

  return {
    /** First pages are what most readers ask for: those are kept. */
    async page(list: ListOf, { limit, after }: PageRequest): Promise<AgedPage> {
      const isPublic = list.filters.own === undefined
      if (!isPublic || after !== undefined) {
        return { document: await load(list, limit, after), isPublic, staleAgeMs: undefined }
      }
      const key = `list:${listName(list)}:${list.fields.join()}:${limit}:${list.withTotal}`
      const { from, to } = list.filters
      const isPassing = list.search !== undefined || from !== undefined || to !== undefined
      const read = { key, schema: PageDocument, isPassing }
      const found = await reads.read(read, () => load(list, limit, after))
      if (found === undefined) throw new Error('a list is always there')
      return { document: found.value, isPublic, staleAgeMs: staleAgeMs(found) }
    },
  }
}

/**
 * The list that a cursor is good for. Not by the names of people, which change, and the list goes on under the new one:
 * a place in the list of one author is a place in that of another, and shows nothing else.
 */
export const cursorName = ({ filters, ...list }: ListOf): string =>
  listName({
    ...list,
    filters: {
      ...filters,
      author: filters.author && '*',
      favoritedBy: filters.favoritedBy && '*',
    },
  })

/** All that decides which posts are in a list and where. */
const listName = ({ filters, order, search }: Pick<ListOf, 'filters' | 'order' | 'search'>): string =>
  `posts:${order}:${JSON.stringify(filters)}:${JSON.stringify(search) ?? ''}`

export type Lists = ReturnType<typeof createLists>

function totalOf([first]: readonly PagedRow[], maxExact: number) {
  const counted = first?.total ?? 0
  return { total: Math.min(counted, maxTotal), totalIsExact: counted <= maxExact }
}

function callerOf(actor: Actor | undefined): Actor {
  if (actor !== undefined) return actor
  throw new Problem('unauthenticated', 'Only your own posts are listed by state: send an access token.')
}
