import * as v from 'valibot'
import type { Actor } from '../../shared/access-token.ts'
import type { AgedValue } from '../../shared/redis/cache.ts'
import { PostDocument, toDocument } from './documents.ts'
import type { PublicReads } from './post-cache.ts'
import type { PostRow } from './post-rows.ts'
import { postNotFound } from './posts.ts'
import type { PostStore } from './queries.ts'
import { hasFormOfSlug } from './slugs.ts'

/** What a slug leads to. Others than its author never learn of a private post, under no slug that it ever had. */
const Target = v.variant('kind', [
  v.object({ kind: v.literal('public'), document: PostDocument }),
  v.object({ kind: v.literal('moved'), slug: v.string() }),
  v.object({ kind: v.literal('private'), document: PostDocument, authorId: v.string() }),
])
type Target = v.InferOutput<typeof Target>

/** A post as `viewer` may see it; `isPublic` when everyone may. */
export type Reading =
  | {
      readonly kind: 'found'
      readonly document: PostDocument
      readonly isPublic: boolean
      /** Set while Postgres is away: how old this is. */
      readonly staleAgeMs: number | undefined
    }
  | {
      readonly kind: 'moved'
      readonly slug: string
      /** As that of the page that it leads to. */
      readonly isPublic: boolean
    }

export function createReading(store: PostStore, reads: PublicReads) {
  return {
    async read(slug: string, viewer: Actor | undefined): Promise<Reading> {
      if (!hasFormOfSlug(slug)) throw postNotFound()
      const read = { key: `post:${slug}`, slug, schema: Target, keeps: isForAll }
      const found = await reads.read(read, async () => {
        const row = await store.bySlug(slug)
        return row && targetOf(slug, row)
      })
      if (found === undefined) throw postNotFound()
      const target = found.value
      switch (target.kind) {
        case 'moved':
          return { ...target, isPublic: true }
        case 'public':
          return { kind: 'found', document: target.document, isPublic: true, staleAgeMs: staleAgeMs(found) }
        case 'private':
          if (target.authorId !== viewer?.accountId) throw postNotFound()
          if (target.document.slug !== slug)
            return { kind: 'moved', slug: target.document.slug, isPublic: false }
          return { kind: 'found', document: target.document, isPublic: false, staleAgeMs: undefined }
      }
    },
  }
}

export type ReadingOfPosts = ReturnType<typeof createReading>

const isForAll = ({ kind }: Target) => kind !== 'private'

function targetOf(slug: string, row: PostRow): Target {
  if (row.status !== 'published') {
    return { kind: 'private', document: toDocument(row), authorId: row.authorId }
  }
  if (row.slug !== slug) return { kind: 'moved', slug: row.slug }
  return { kind: 'public', document: toDocument(row) }
}

export const staleAgeMs = ({ isStale, loadedAtMs }: AgedValue<unknown>): number | undefined =>
  isStale ? Math.max(0, Date.now() - loadedAtMs) : undefined
