import type { Actor } from '../../shared/access-token.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import type { KeyedRequest } from '../idempotency/queries.ts'
import { findReplay, type Replayable, withIdempotency } from '../idempotency/with-idempotency.ts'
import { PostDocument, toDocument } from './documents.ts'
import { slugTaken } from './post-errors.ts'
import { publication } from './publication.ts'
import { insertPost } from './queries.ts'
import type { NewPost } from './schemas.ts'
import { candidatesOf } from './slug-claims.ts'
import { toRequestedSlug, toSlug } from './slugs.ts'

interface Creation {
  readonly actor: Actor
  readonly post: NewPost
  /** Set for a request with an Idempotency-Key. */
  readonly request: KeyedRequest | undefined
}

export async function createPost(
  dependencies: Pick<Dependencies, 'db' | 'postCache' | 'renderMarkdown' | 'startMaintenance'>,
  { actor, post, request }: Creation,
): Promise<Replayable<PostDocument>> {
  const { db, postCache, renderMarkdown, startMaintenance } = dependencies
  const replay = await findReplay(db, { request, schema: PostDocument })
  if (replay !== undefined) return replay
  const { slug: requested, status, publishedAt, ...authored } = post
  const [rendered, base] = await Promise.all([
    renderMarkdown(post.body, actor.accountId),
    requested === undefined ? toSlug(post.title) : toRequestedSlug(requested),
  ])
  async function insert(queryable: Queryable): Promise<PostDocument> {
    // Evaluated only for the first request: when it is replayed, the time may have passed.
    const fields = { ...authored, ...rendered, ...publication(status, publishedAt) }
    for (const slug of candidatesOf(base, requested !== undefined)) {
      const row = await insertPost(queryable, { authorId: actor.accountId, fields: { ...fields, slug } })
      if (row !== undefined) return toDocument(row)
    }
    throw slugTaken()
  }
  const keyed = { request, authorId: actor.accountId, schema: PostDocument }
  const created =
    request === undefined
      ? { value: await insert(db), isReplay: false }
      : await db.transaction(tx => withIdempotency(tx, keyed, () => insert(tx)), { isIdempotent: true })
  await postCache.invalidate([created.value.slug])
  startMaintenance()
  return created
}
