import { Problem } from '../../shared/problems.ts'
import type { Status } from '../schemas/posts.ts'
import type { State } from '../store/posts.ts'

export interface Publication {
  readonly state: State
  /** Null with `published`: now. */
  readonly publishedAt: Date | null
}

/**
 * What a status and a time that were asked for come to. A scheduled post is a published one whose time has not come, so
 * it needs nobody to publish it.
 */
export function publication(status: Status, publishedAt: Date | null): Publication {
  switch (status) {
    case 'draft':
      return { state: 'draft', publishedAt: null }
    case 'archived':
      return { state: 'archived', publishedAt }
    case 'published':
      return { state: 'published', publishedAt }
    case 'scheduled':
      if (publishedAt === null || publishedAt.getTime() <= Date.now()) throw needsFuture()
      return { state: 'published', publishedAt }
  }
}

const needsFuture = () =>
  new Problem('invalid_body', 'Refused: publishedAt.', {
    errors: [{ path: 'publishedAt', message: 'must be a time to come for a scheduled post' }],
  })

/** The same for a change: a post that goes public anew has the time of that, unless another is given. */
export function changedPublication(
  current: { readonly status: Status; readonly publishedAt: Date | null },
  asked: { readonly status?: Status | undefined; readonly publishedAt?: Date | null | undefined },
): Publication {
  const status = asked.status ?? current.status
  // Its time may come at this very moment, which is no fault of an edit of its text.
  if (asked.status === undefined && asked.publishedAt === undefined) {
    return { state: status === 'scheduled' ? 'published' : status, publishedAt: current.publishedAt }
  }
  if (asked.publishedAt !== undefined) {
    // Only a time was asked for: the status follows from it.
    const isMoved = asked.status === undefined && current.status === 'scheduled'
    return publication(isMoved ? 'published' : status, asked.publishedAt)
  }
  const isPublishedEarly = asked.status === 'published' && current.status === 'scheduled'
  return publication(status, isPublishedEarly ? null : current.publishedAt)
}
