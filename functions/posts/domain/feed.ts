import type { Actor } from '../../shared/access-token.ts'
import type { ListField } from '../schemas/lists.ts'
import type { FeedStore } from '../store/feed.ts'
import { type PageDocument, toListed, toPageDocument } from './documents.ts'
import { pageOf, type Seal } from './lists.ts'

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
    const { items, next } = pageOf(rows, limit)
    return toPageDocument({
      items: items.map(row => toListed(row, fields)),
      nextCursor: next === undefined ? null : seal(feedName(reader), next),
    })
  }

export type Feed = ReturnType<typeof createFeed>
