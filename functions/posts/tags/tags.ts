import type { AgedPage, PageRequest, Seal } from '../lists/lists.ts'
import { PageDocument, toPageDocument } from '../posts/documents.ts'
import type { PublicReads } from '../posts/post-cache.ts'
import type { PostStore } from '../posts/queries.ts'
import { staleAgeMs } from '../posts/read-post.ts'
import type { TagStore } from './queries.ts'

export const tagsName = 'tags'

/** Tags of public posts, the most used first. */
export function createTags(store: TagStore, posts: PostStore, reads: PublicReads, seal: Seal) {
  async function load(limit: number, after: readonly string[] | undefined): Promise<PageDocument> {
    const page = await store.page(after, limit + 1)
    // Once: a post whose row another transaction holds is counted later.
    const { tags } = page.isBehind ? await posts.settleDue().then(() => store.page(after, limit + 1)) : page
    const shown = tags.slice(0, limit)
    const last = tags.length > limit ? shown.at(-1) : undefined
    const nextCursor = last === undefined ? null : seal(tagsName, [String(last.postsCount), last.tag])
    return toPageDocument({ items: shown, nextCursor })
  }

  return async ({ limit, after }: PageRequest): Promise<AgedPage> => {
    if (after !== undefined)
      return { document: await load(limit, after), isPublic: true, staleAgeMs: undefined }
    const read = { key: `tags:${limit}`, schema: PageDocument }
    const found = await reads.read(read, () => load(limit, after))
    if (found === undefined) throw new Error('a list is always there')
    return { document: found.value, isPublic: true, staleAgeMs: staleAgeMs(found) }
  }
}

export type Tags = ReturnType<typeof createTags>
