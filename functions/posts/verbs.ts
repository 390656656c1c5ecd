import type { Connections } from '../shared/connections.ts'
import type { Verbs } from './app.ts'
import { createLists } from './domain/lists.ts'
import { createRender } from './domain/markdown.ts'
import { createPosts } from './domain/posts.ts'
import { createReading } from './domain/reading.ts'
import { createListStore } from './store/lists.ts'
import { createPostStore } from './store/posts.ts'
import { createTransactions } from './store/transactions.ts'

/** The domain on its stores. */
export function createVerbs({ database }: Connections): Verbs {
  const store = createPostStore(database)
  return {
    posts: createPosts({
      store,
      inTransaction: createTransactions(database),
      render: createRender(),
      changed: async () => undefined,
    }),
    reading: createReading(store),
    lists: createLists(createListStore(database)),
  }
}
