import type { Connections } from '../shared/connections.ts'
import { createCache } from '../shared/redis/cache.ts'
import type { Verbs } from './app.ts'
import { createComments } from './comments/comments.ts'
import { createCommentStore } from './comments/queries.ts'
import { createFavorites } from './favorites/favorites.ts'
import { createFavoriteStore } from './favorites/queries.ts'
import { createFeed } from './feed/feed.ts'
import { createFeedStore } from './feed/queries.ts'
import { createKeptAnswers } from './idempotency/queries.ts'
import { createLists, type Seal } from './lists/lists.ts'
import { createListStore } from './lists/queries.ts'
import { createUsernameMoves } from './lists/username-move-queries.ts'
import { createRender } from './markdown/renderer.ts'
import { createPublicReads } from './posts/post-cache.ts'
import { createPosts } from './posts/posts.ts'
import { createPostStore } from './posts/queries.ts'
import { createReading } from './posts/read-post.ts'
import { createSearch } from './search/queries.ts'
import { createTransactions } from './store/transactions.ts'
import { createSitemapStore } from './syndication/queries.ts'
import { createSyndication } from './syndication/syndication.ts'
import { createTagStore } from './tags/queries.ts'
import { createTags } from './tags/tags.ts'

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
