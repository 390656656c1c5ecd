import * as v from 'valibot'
import type { Actor } from '../../shared/access-token.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import { PostDocument, toDocument } from './documents.ts'
import type { PostRow } from './post-columns.ts'
import { postNotFound } from './post-errors.ts'
import { findPost } from './queries.ts'

/** The target of a slug. Only the author can see a private post, under its current or any former slug. */
const Target = v.variant('kind', [
  v.object({ kind: v.literal('public'), document: PostDocument }),
  v.object({ kind: v.literal('moved'), slug: v.string() }),
  v.object({ kind: v.literal('private'), document: PostDocument, authorId: v.string() }),
])
type Target = v.InferOutput<typeof Target>

export type ReadPost =
  | {
      readonly kind: 'found'
      readonly document: PostDocument
      readonly isPublic: boolean
      /** Set while Postgres is unavailable: the age of the document. */
      readonly staleAgeMs: number | undefined
    }
  | { readonly kind: 'moved'; readonly slug: string; readonly isPublic: boolean }

/** A post as `viewer` may see it. */
export async function readPost(
  { db, readDb, postCache }: Pick<Dependencies, 'db' | 'readDb' | 'postCache'>,
  { slug, viewer }: { readonly slug: string; readonly viewer: Actor | undefined },
): Promise<ReadPost> {
  const read = { key: `post:${slug}`, slug, schema: Target, shouldCache: isForEveryone }
  const load = async (from: Queryable) => {
    const row = await findPost(from, { slug })
    return row && targetOf(slug, row)
  }
  const found = await postCache.getOrLoad(read, () => load(viewer === undefined ? readDb : db))
  // The load may be that of a reader without a token, who asked at the same moment: a replica does not tell who is the author.
  const isUnproven = found?.value.kind === 'private' && viewer !== undefined && readDb !== db
  const target = isUnproven ? await load(db) : found?.value
  if (target === undefined) throw postNotFound()
  return showTo(viewer, { slug, target, staleAgeMs: found?.staleAgeMs })
}

interface Found {
  readonly slug: string
  readonly target: Target
  readonly staleAgeMs: number | undefined
}

function showTo(viewer: Actor | undefined, { slug, target, staleAgeMs }: Found): ReadPost {
  switch (target.kind) {
    case 'moved':
      return { ...target, isPublic: true }
    case 'public':
      return { kind: 'found', document: target.document, isPublic: true, staleAgeMs }
    case 'private': {
      const { document, authorId } = target
      if (authorId !== viewer?.accountId) throw postNotFound()
      if (document.slug !== slug) return { kind: 'moved', slug: document.slug, isPublic: false }
      return { kind: 'found', document, isPublic: false, staleAgeMs: undefined }
    }
  }
}

const isForEveryone = ({ kind }: Target) => kind !== 'private'

function targetOf(slug: string, row: PostRow): Target {
  if (row.status !== 'published') {
    return { kind: 'private', document: toDocument(row), authorId: row.authorId }
  }
  if (row.slug !== slug) return { kind: 'moved', slug: row.slug }
  return { kind: 'public', document: toDocument(row) }
}
