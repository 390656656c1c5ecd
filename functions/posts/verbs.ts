import type { Connections } from '../shared/connections.ts'
import { createCache } from '../shared/redis/cache.ts'
import type { Verbs } from './app.ts'
import { createLists, type Seal } from './domain/lists.ts'
import { createRender } from './domain/markdown.ts'
import { createPosts } from './domain/posts.ts'
import { createPublicReads } from './domain/public-reads.ts'
import { createReading } from './domain/reading.ts'
import { createListStore } from './store/lists.ts'
import { createPostStore } from './store/posts.ts'
import { createSearch } from './store/search.ts'
import { createTransactions } from './store/transactions.ts'

/** The domain on its stores. */
export function createVerbs({ database, redis }: Connections, seal: Seal): Verbs {
  const store = createPostStore(database)
  const reads = createPublicReads(createCache({ redis }))
  return {
    posts: createPosts({
      store,
      inTransaction: createTransactions(database),
      render: createRender(),
      changed: reads.changed,
    }),
    reading: createReading(store, reads),
    lists: createLists(createListStore(database), createSearch(database), reads, seal),
  }
}
