import type { Actor } from '../../shared/access-token.ts'
import type { ListField } from '../schemas/lists.ts'
import type { FeedStore } from '../store/feed.ts'
import { type PageDocument, toListed, toTextDocument } from './documents.ts'
import type { Seal } from './lists.ts'
import { fillPage, pageText } from './pages.ts'

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
