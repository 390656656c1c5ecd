import type { Actor } from '../../shared/access-token.ts'
import { Problem } from '../../shared/problems.ts'
import { usernameKey } from '../../shared/username.ts'
import type { ListedPost, ListQuery } from '../schemas.ts'
import type { ListFilters, ListRequest } from '../store/list-request.ts'
import { maxTotal } from '../store/list-statement.ts'
import type { ListStore, PagedRow } from '../store/lists.ts'
import { toListed } from './documents.ts'

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Where the next page starts; undefined at the end. */
  readonly next: readonly string[] | undefined
  readonly total?: number
  readonly totalIsExact?: boolean
}

/** What a query asks for: the list and its order, apart from the page of it. */
export type ListOf = Pick<ListRequest, 'filters' | 'order' | 'fields' | 'withTotal'>

/** No account has it, since it is no username: a name that nobody can have filters everything out. */
const nobody = '-'

export function listOf(query: ListQuery, actor: Actor | undefined): ListOf {
  const { tag, author, favoritedBy, language, from, to, state, order = 'newest', fields, total } = query
  refuseTogether(query)
  const filters: ListFilters = {
    tag,
    author: author && (usernameKey(author) ?? nobody),
    favoritedBy: favoritedBy && (usernameKey(favoritedBy) ?? nobody),
    language,
    from,
    to,
    own: state && { accountId: callerOf(actor).accountId, state },
  }
  return { filters, order, fields, withTotal: total === 'true' }
}

export function createLists(store: ListStore) {
  return {
    async page(list: ListOf, limit: number, after: readonly string[] | undefined): Promise<Page<ListedPost>> {
      const rows = await store.page({ ...list, limit: limit + 1, after })
      return { ...pageOf(rows, limit, list.fields), ...(list.withTotal && totalOf(rows)) }
    },
  }
}

export type Lists = ReturnType<typeof createLists>

/** One row more than asked for says that there is a next page. */
export function pageOf(rows: readonly PagedRow[], limit: number, fields: ListOf['fields']): Page<ListedPost> {
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? shown.at(-1)?.position : undefined
  return { items: shown.map(row => toListed(row, fields)), next }
}

function totalOf([first]: readonly PagedRow[]) {
  const counted = first?.total ?? 0
  return { total: Math.min(counted, maxTotal), totalIsExact: counted <= maxTotal }
}

function callerOf(actor: Actor | undefined): Actor {
  if (actor !== undefined) return actor
  throw new Problem('unauthenticated', 'Only your own posts are listed by state: send an access token.', {
    headers: { 'www-authenticate': 'Bearer' },
  })
}

/** Combinations that have no index behind them, or no meaning. */
function refuseTogether({ state, author, favoritedBy, order, q, from, to }: ListQuery): void {
  const refuse = (path: string, other: string) => {
    throw new Problem('invalid_parameter', `Refused: ${path}.`, {
      errors: [{ path, message: `does not go together with ${other}` }],
    })
  }
  if (state && author) refuse('author', 'state, which lists your own posts')
  if (state && favoritedBy) refuse('favoritedBy', 'state')
  if (state && order === 'favorites') refuse('order', 'state')
  if (state && q !== undefined) refuse('q', 'state')
  if (favoritedBy && order === 'favorites') refuse('order', 'favoritedBy')
  if (q !== undefined && order) refuse('order', 'q: found posts are in the order of their rank')
  if (from && to && from >= to) refuse('to', 'an earlier from')
}
