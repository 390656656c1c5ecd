import type { Actor } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import { type AssertVersion, requireOwnPost } from './owned-post.ts'
import * as queries from './queries.ts'

interface Deletion {
  readonly actor: Actor
  readonly slug: string
  readonly assertVersion: AssertVersion
}

export async function deletePost(
  { db, postCache, startMaintenance }: Pick<Dependencies, 'db' | 'postCache' | 'startMaintenance'>,
  { actor, slug, assertVersion }: Deletion,
): Promise<void> {
  const formerSlug = await db.transaction(async tx => {
    const current = requireOwnPost(await queries.lockPost(tx, { slug }), { actor, assertVersion })
    await queries.deletePost(tx, current)
    return current.slug
  })
  await postCache.invalidate([slug, formerSlug])
  startMaintenance()
}
