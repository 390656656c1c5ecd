import { DomainError } from '../../shared/domain-error.ts'
import type { Status } from './schemas.ts'

/** The column `state`. The status `scheduled` is `published` with a time in the future. */
export type State = Exclude<Status, 'scheduled'>

export interface Publication {
  readonly state: State
  /** Null with `published` stands for now. */
  readonly publishedAt: Date | null
}

interface Current {
  readonly status: Status
  readonly publishedAt: Date | null
}

/** An absent time keeps the current one; null removes it. */
interface Requested {
  readonly status?: Status | undefined
  readonly publishedAt?: Date | null | undefined
}

/**
 * Returns the state and time of a new post. A scheduled post is a published one with a time in the future, so that no job
 * has to publish it. The time of a draft is the intended one.
 */
export function publication(status: Status, publishedAt: Date | null): Publication {
  if (status === 'scheduled') return { state: 'published', publishedAt: requireFuture(publishedAt) }
  return { state: status, publishedAt }
}

/** Returns the state and time of a post after a change; publication.test.ts has the table of all transitions. */
export function changedPublication(current: Current, { status, publishedAt }: Requested): Publication {
  if (status === undefined && publishedAt === undefined) return unchanged(current)
  if (publishedAt === undefined) return withInheritedTime(current, status ?? current.status)
  if (status !== undefined) return publication(status, publishedAt)
  if (current.status !== 'scheduled') return publication(current.status, publishedAt)
  // A scheduled post without its time becomes a draft; with another time it is published then.
  return publication(publishedAt === null ? 'draft' : 'published', publishedAt)
}

/** The time may be past: it may come while the author edits the text. */
const unchanged = ({ status, publishedAt }: Current): Publication => ({
  state: stateOf(status),
  publishedAt,
})

function withInheritedTime(current: Current, status: Status): Publication {
  const { publishedAt } = current
  switch (status) {
    case 'published':
      return { state: 'published', publishedAt: isFuture(publishedAt) ? null : publishedAt }
    case 'draft': {
      // A withdrawn publication loses its past time; a future time remains the intended one.
      const isKept = current.status === 'draft' || isFuture(publishedAt)
      return { state: 'draft', publishedAt: isKept ? publishedAt : null }
    }
    default:
      return publication(status, publishedAt)
  }
}

export const stateOf = (status: Status): State => (status === 'scheduled' ? 'published' : status)

const isFuture = (time: Date | null): boolean => time !== null && time.getTime() > Date.now()

function requireFuture(time: Date | null): Date {
  if (time !== null && isFuture(time)) return time
  throw new DomainError('invalid_member', {
    path: 'publishedAt',
    message: 'must be in the future for a scheduled post',
  })
}
