import type { Actor } from '../../shared/access-token.ts'
import type { Seal } from '../lists/lists.ts'
import { fillPage, pageText } from '../lists/pages.ts'
import type { ListField } from '../lists/schemas.ts'
import { type PageDocument, toListed, toTextDocument } from '../posts/documents.ts'
import type { FeedStore } from './queries.ts'

export const feedName = ({ accountId }: Actor): string => `feed:${accountId}`

export interface FeedRequest {
  readonly fields: readonly ListField[]
  readonly limit: number
  readonly after: readonly string[] | undefined
}

/** Posts of the people whom the reader follows, newest first; each reader has his own, so none is kept. */
export const createFeed =
  (store: FeedStore, seal: Seal) =>
  async (reader: Actor, { fields, limit, after }: FeedRequest): Promise<PageDocument> => {
    const rows = await store.page(reader.accountId, fields, after, limit + 1)
    const { items, end } = fillPage(rows, limit, row => toListed(row, fields))
    const nextCursor = end === undefined ? null : seal(feedName(reader), end.position)
    return toTextDocument(pageText(items, { nextCursor }))
  }

export type Feed = ReturnType<typeof createFeed>
