import type { Actor } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Page, uncachedPage } from '../lists/cached-page.ts'
import type { PagePosition } from '../lists/list-posts.ts'
import { fillPage, pageJson } from '../lists/page.ts'
import type { ListField } from '../lists/schemas.ts'
import { toListed, toTextDocument } from '../posts/documents.ts'
import { findFeedPage } from './queries.ts'

/** The list that a cursor is valid for. */
export const feedScope = ({ accountId }: Actor): string => `feed:${accountId}`

interface FeedRequest extends PagePosition {
  readonly reader: Actor
  readonly fields: readonly ListField[]
}

/** Posts by the authors that the reader follows, newest first. Each reader has a feed of their own, so none is cached. */
export async function readFeed(
  { db, encodeCursor }: Pick<Dependencies, 'db' | 'encodeCursor'>,
  { reader, fields, limit, after }: FeedRequest,
): Promise<Page> {
  const rows = await findFeedPage(db, { reader: reader.accountId, fields, limit: limit + 1, after })
  const { items, end } = fillPage(rows, limit, row => toListed(row, fields))
  const nextCursor = end === undefined ? null : encodeCursor(feedScope(reader), end.position)
  return uncachedPage(toTextDocument(pageJson(items, { nextCursor })), false)
}
