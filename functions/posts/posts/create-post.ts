import type { Actor } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import type { KeyedRequest } from '../idempotency/queries.ts'
import { findReplay, type Replayable, withIdempotency } from '../idempotency/with-idempotency.ts'
import { PostDocument, toDocument } from './documents.ts'
import { requirePost } from './owned-post.ts'
import { publication } from './publication.ts'
import { findPost, insertPost } from './queries.ts'
import type { NewPost } from './schemas.ts'
import { claimNewSlug } from './slug-claims.ts'
import { toSlug } from './slugs.ts'

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
    toSlug(requested ?? post.title),
  ])
  const created = await db.transaction(tx =>
    withIdempotency(tx, { request, authorId: actor.accountId, schema: PostDocument }, async () => {
      const key = await claimNewSlug(tx, { actor, base, isRequested: requested !== undefined })
      const { slug } = key
      // Evaluated only for the first request: when it is replayed, the time may have passed.
      const fields = { ...authored, ...rendered, ...publication(status, publishedAt), slug }
      await insertPost(tx, { key, fields })
      return toDocument(requirePost(await findPost(tx, { slug })))
    }),
  )
  await postCache.invalidate([created.value.slug])
  startMaintenance()
  return created
}
