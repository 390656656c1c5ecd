import type { Actor } from '../../shared/access-token.ts'
import type { PostStore } from '../store/posts.ts'
import { type PostDocument, toDocument } from './documents.ts'
import { postNotFound } from './posts.ts'
import { hasFormOfSlug } from './slugs.ts'

/** A post as `viewer` may see it; `isPublic` when everyone may. */
export type Reading =
  | { readonly kind: 'found'; readonly document: PostDocument; readonly isPublic: boolean }
  | { readonly kind: 'moved'; readonly slug: string }

export function createReading(store: PostStore) {
  return {
    async read(slug: string, viewer: Actor | undefined): Promise<Reading> {
      if (!hasFormOfSlug(slug)) throw postNotFound()
      const row = await store.bySlug(slug)
      const isPublic = row?.status === 'published'
      if (row === undefined || (!isPublic && row.authorId !== viewer?.accountId)) throw postNotFound()
      if (row.slug !== slug) return { kind: 'moved', slug: row.slug }
      return { kind: 'found', document: toDocument(row), isPublic }
    },
  }
}

export type ReadingOfPosts = ReturnType<typeof createReading>
