import { cutPage } from '../../shared/page.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import { cachedPage, type Page, uncachedPage } from '../lists/cached-page.ts'
import type { PagePosition } from '../lists/list-posts.ts'
import { updateCounters } from '../maintenance/queries.ts'
import { type PageDocument, toPageDocument } from '../posts/documents.ts'
import { findTagPage } from './queries.ts'

/** The list that a cursor is valid for. */
export const tagsScope = 'tags'

/** Tags of public posts, the most used first. */
export async function listTags(
  dependencies: Pick<Dependencies, 'db' | 'readDb' | 'postCache' | 'encodeCursor'>,
  { limit, after }: PagePosition,
): Promise<Page> {
  const load = (from: Queryable) => loadPage(dependencies, from, { limit, after })
  if (after !== undefined) return uncachedPage(await load(dependencies.db), true)
  return cachedPage(dependencies.postCache, { key: `tags:${limit}` }, () => load(dependencies.readDb))
}

async function loadPage(
  { db, encodeCursor }: Pick<Dependencies, 'db' | 'encodeCursor'>,
  from: Queryable,
  { limit, after }: PagePosition,
): Promise<PageDocument> {
  let page = await findTagPage(from, { limit: limit + 1, after })
  if (page.isBehind) {
    // Only once: a post whose row is locked by another transaction is counted later.
    await updateCounters(db)
    page = await findTagPage(db, { limit: limit + 1, after })
  }
  const { shown: items, last } = cutPage(page.tags, limit)
  const nextCursor = last === undefined ? null : encodeCursor(tagsScope, [String(last.postsCount), last.tag])
  return toPageDocument({ items, nextCursor })
}
