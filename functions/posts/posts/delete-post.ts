import type { Actor } from '../../shared/access-token.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import type { Dependencies } from '../dependencies.ts'
import { type AssertVersion, requireOwnPost } from './owned-post.ts'
import type { PostRow } from './post-columns.ts'
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
  const { post, isDeleted } = await db.transaction(async tx => {
    const found = await queries.lockPost(tx, { slug, writer: actor.accountId })
    const post = requireOwnPost(found, { actor, assertVersion })
    return { post, isDeleted: await queries.deletePostOrPart(tx, post) }
  })
  await postCache.invalidate([slug, post.slug])
  if (!isDeleted) await deleteRest(db, post)
  startMaintenance()
}

/** In transactions that take a tenth of a second each. If it ends early, the author finds the post archived. */
async function deleteRest(db: Dependencies['db'], { authorId, id, slug }: PostRow): Promise<void> {
  const deletePart = async (tx: Queryable) => {
    const post = await queries.lockPost(tx, { slug, writer: authorId })
    const isSame = post?.authorId === authorId && post.id === id
    return !isSame || (await queries.deletePostOrPart(tx, post))
  }
  while (!(await db.transaction(deletePart)));
}
