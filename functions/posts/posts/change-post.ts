import type { Actor } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import { type PostDocument, toDocument } from './documents.ts'
import { type AssertVersion, requireOwnPost, requirePost } from './owned-post.ts'
import { isUnchanged, patchAuthored } from './post-fields.ts'
import { changedPublication, stateOf } from './publication.ts'
import { findPost, lockPost, updatePost } from './queries.ts'
import type { PostPatch } from './schemas.ts'
import { claimNextSlug } from './slug-claims.ts'
import { toRequestedSlug } from './slugs.ts'

interface Change {
  readonly actor: Actor
  readonly slug: string
  readonly patch: PostPatch
  readonly assertVersion: AssertVersion
}

export async function changePost(
  dependencies: Pick<Dependencies, 'db' | 'postCache' | 'renderMarkdown' | 'startMaintenance'>,
  { actor, slug, patch, assertVersion }: Change,
): Promise<PostDocument> {
  const { db, postCache, renderMarkdown, startMaintenance } = dependencies
  const change = { actor, assertVersion }
  // Checked before a long text is rendered, and again on the locked row.
  if (patch.body !== undefined) requireOwnPost(await findPost(db, { slug }), change)
  const [rendered, requestedSlug] = await Promise.all([
    patch.body === undefined ? undefined : renderMarkdown(patch.body, actor.accountId),
    patch.slug ? toRequestedSlug(patch.slug) : undefined,
  ])
  const { formerSlug, document } = await db.transaction(async tx => {
    const current = requireOwnPost(await lockPost(tx, { slug, writer: actor.accountId }), change)
    const fields = {
      ...current,
      ...patchAuthored(current, patch),
      ...rendered,
      ...changedPublication(current, patch),
    }
    const nextSlug = await claimNextSlug(tx, {
      current,
      title: fields.title,
      requested: patch.slug,
      requestedSlug,
    })
    const next = { ...fields, slug: nextSlug }
    // No write without a change, so that the ETag stays.
    const isSame = isUnchanged(next, { ...current, state: stateOf(current.status) })
    if (isSame) return { formerSlug: current.slug, document: toDocument(current) }
    await updatePost(tx, { key: current, fields: next })
    const changed = requirePost(await findPost(tx, { slug: nextSlug }))
    return { formerSlug: current.slug, document: toDocument(changed) }
  })
  await postCache.invalidate([slug, formerSlug, document.slug])
  startMaintenance()
  return document
}
