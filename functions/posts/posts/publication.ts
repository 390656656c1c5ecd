import { DomainError } from '../../shared/domain-error.ts'
import type { Status } from './schemas.ts'

/** The column; a status adds `scheduled`, which is published with a time in the future. */
export type State = Exclude<Status, 'scheduled'>

export interface Publication {
  readonly state: State
  /** Null with `published`: now. */
  readonly publishedAt: Date | null
}

interface Current {
  readonly status: Status
  readonly publishedAt: Date | null
}

/** An absent time is inherited, null is the explicit absence of one. */
interface Requested {
  readonly status?: Status | undefined
  readonly publishedAt?: Date | null | undefined
}

/**
 * The state and time of a new post. A scheduled post is a published one whose time has not come, so it needs nobody to
 * publish it. The time of a draft is its intended one.
 */
export function publication(status: Status, publishedAt: Date | null): Publication {
  if (status === 'scheduled') return { state: 'published', publishedAt: requireFuture(publishedAt) }
  return { state: status, publishedAt }
}

/** The state and time of a post after a change; lifecycle.test.ts has the table of all transitions. */
export function changedPublication(current: Current, { status, publishedAt }: Requested): Publication {
  if (status === undefined && publishedAt === undefined) return unchanged(current)
  if (publishedAt === undefined) return withInheritedTime(current, status ?? current.status)
  if (status !== undefined) return publication(status, publishedAt)
  if (current.status !== 'scheduled') return publication(current.status, publishedAt)
  // Without its time a scheduled post is a draft again; with another one it is published then.
  return publication(publishedAt === null ? 'draft' : 'published', publishedAt)
}

/** Needs no future: the time may come at the moment at which somebody edits the text. */
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
      // The time of a publication that is withdrawn is over; one that is still to come is an intention.
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
    message: 'must be a time to come for a scheduled post',
  })
}
