import { PageDocument } from '../posts/documents.ts'
import type { CachedRead, PostCache } from '../posts/post-cache.ts'

export interface Page {
  readonly document: PageDocument
  readonly isPublic: boolean
  /** Set while Postgres is unavailable: the age of the document. */
  readonly staleAgeMs: number | undefined
}

/** A public page, from the post cache or else from `load`. */
export async function cachedPage(
  postCache: PostCache,
  read: Pick<CachedRead<PageDocument>, 'key' | 'ephemeral'>,
  load: () => Promise<PageDocument>,
): Promise<Page> {
  const found = await postCache.getOrLoad({ ...read, schema: PageDocument }, load)
  if (found === undefined) throw new Error('`load` always returns a page')
  return { document: found.value, isPublic: true, staleAgeMs: found.staleAgeMs }
}

export const uncachedPage = (document: PageDocument, isPublic: boolean): Page => ({
  document,
  isPublic,
  staleAgeMs: undefined,
})
