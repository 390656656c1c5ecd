import type { Actor } from '../../shared/access-token.ts'
import { Problem } from '../../shared/problems.ts'
import { usernameKey } from '../../shared/username.ts'
import type { ListQuery } from '../schemas/lists.ts'
import type { ListFilters, ListRequest } from '../store/list-request.ts'
import { maxTotal } from '../store/list-statement.ts'
import type { ListStore, PagedRow } from '../store/lists.ts'
import type { Search } from '../store/search.ts'
import { PageDocument, toListed, toTextDocument } from './documents.ts'
import { fillPage, pageText } from './pages.ts'
import type { PublicReads } from './public-reads.ts'
import { staleAgeMs } from './reading.ts'
import { wordsOf } from './words.ts'

/** What a query asks for: the list and its order, apart from the page of it. */
export interface ListOf extends Pick<ListRequest, 'filters' | 'order' | 'fields' | 'withTotal'> {
  /** What is searched for, if it is a search. */
  readonly words: readonly string[] | undefined
}

/** No account has it, since it is no username: a name that nobody can have filters everything out. */
const nobody = '-'

export function listOf(query: ListQuery, actor: Actor | undefined): ListOf {
  const { tag, author, favoritedBy, language, from, to, state, order = 'newest', fields, total, q } = query
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
  return {
    filters,
    order,
    fields,
    withTotal: total === 'true',
    words: q === undefined ? undefined : wordsOf(q),
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

export function createLists(store: ListStore, search: Search, reads: PublicReads, seal: Seal) {
  async function load(
    list: ListOf,
    limit: number,
    after: readonly string[] | undefined,
  ): Promise<PageDocument> {
    const { fields, words, withTotal } = list
    const request = { ...list, limit: limit + 1, after }
    const rows = await (words === undefined ? store.page(request) : search({ ...request, words }))
    const { items, end } = fillPage(rows, limit, row => toListed(row, fields))
    const nextCursor = end === undefined ? null : seal(listName(list), end.position)
    return toTextDocument(pageText(items, { nextCursor, ...(withTotal && totalOf(rows)) }))
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
      const isPassing = list.words !== undefined || from !== undefined || to !== undefined
      const read = { key, schema: PageDocument, isPassing }
      const found = await reads.read(read, () => load(list, limit, after))
      if (found === undefined) throw new Error('a list is always there')
      return { document: found.value, isPublic, staleAgeMs: staleAgeMs(found) }
    },
  }
}

/** All that decides which posts are in a list and where: its cursors are no good for another. */
export const listName = ({ filters, order, words }: ListOf): string =>
  `posts:${order}:${JSON.stringify(filters)}:${words?.join(' ') ?? ''}`

export type Lists = ReturnType<typeof createLists>

function totalOf([first]: readonly PagedRow[]) {
  const counted = first?.total ?? 0
  return { total: Math.min(counted, maxTotal), totalIsExact: counted <= maxTotal }
}

function callerOf(actor: Actor | undefined): Actor {
  if (actor !== undefined) return actor
  throw new Problem('unauthenticated', 'Only your own posts are listed by state: send an access token.')
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
