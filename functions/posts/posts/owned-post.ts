import type { Actor } from '../../shared/access-token.ts'
import { type PostDocument, toDocument } from './documents.ts'
import type { PostRow } from './post-columns.ts'
import { notTheAuthor, postNotFound } from './post-errors.ts'

/** Receives the current version and throws when the change was meant for another. */
export type AssertVersion = (current: Pick<PostDocument, 'tag'>) => void

interface Change {
  readonly actor: Actor
  readonly assertVersion: AssertVersion
}

/** A post of someone else that is not public does not exist for the actor. */
export function requireOwnPost(found: PostRow | undefined, { actor, assertVersion }: Change): PostRow {
  const current = requirePost(found)
  if (current.authorId !== actor.accountId) {
    throw current.status === 'published' ? notTheAuthor() : postNotFound()
  }
  assertVersion(toDocument(current))
  return current
}

export function requirePost(row: PostRow | undefined): PostRow {
  if (row === undefined) throw postNotFound()
  return row
}
