import type { Connections } from '../shared/connections.ts'
import { createCache } from '../shared/redis/cache.ts'
import type { Verbs } from './app.ts'
import { createComments } from './domain/comments.ts'
import { createFavorites } from './domain/favorites.ts'
import { createFeed } from './domain/feed.ts'
import { createLists, type Seal } from './domain/lists.ts'
import { createRender } from './domain/markdown.ts'
import { createPosts } from './domain/posts.ts'
import { createPublicReads } from './domain/public-reads.ts'
import { createReading } from './domain/reading.ts'
import { createSyndication } from './domain/syndication.ts'
import { createTags } from './domain/tags.ts'
import { createCommentStore } from './store/comments.ts'
import { createFavoriteStore } from './store/favorites.ts'
import { createFeedStore } from './store/feed.ts'
import { createKeptAnswers } from './store/idempotency.ts'
import { createListStore } from './store/lists.ts'
import { createPostStore } from './store/posts.ts'
import { createSearch } from './store/search.ts'
import { createSitemapStore } from './store/sitemap.ts'
import { createTagStore } from './store/tags.ts'
import { createTransactions } from './store/transactions.ts'
import { createUsernameMoves } from './store/username-moves.ts'

export interface VerbsOptions extends Connections {
  readonly seal: Seal
  readonly publicUrl: string
  /** Forgets what this process has shown. */
  readonly forgetAnswers: () => void
}

/** The domain on its stores. */
export function createVerbs({ database, cacheRedis, seal, publicUrl, forgetAnswers }: VerbsOptions): Verbs {
  const store = createPostStore(database)
  const listStore = createListStore(database)
  const reads = createPublicReads(createCache({ redis: cacheRedis, forgetAnswers }))
  const moves = createUsernameMoves(database)
  const writing = {
    inTransaction: createTransactions(database),
    keptAnswers: createKeptAnswers(database),
    render: createRender(),
    changed: reads.changed,
  }
  return {
    posts: createPosts({ store, ...writing }),
    reading: createReading(store, reads),
    lists: createLists({ store: listStore, search: createSearch(database), moves, reads, seal }),
    comments: createComments({ store: createCommentStore(database), ...writing }),
    favorites: createFavorites(createFavoriteStore(database), reads.changed),
    feed: createFeed(createFeedStore(database), seal),
    tags: createTags(createTagStore(database), store, reads, seal),
    syndication: createSyndication({
      lists: listStore,
      sitemaps: createSitemapStore(database),
      moves,
      reads,
      publicUrl,
    }),
  }
}
