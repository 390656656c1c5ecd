import { DomainError } from '../../shared/domain-error.ts'
import type { ListQuery } from './schemas.ts'

type Name = 'tag' | 'author' | 'favoritedBy' | 'language' | 'from' | 'to' | 'state' | 'order' | 'q'

interface Conflict {
  readonly whenAll: readonly Name[]
  /** The error names the last one. */
  readonly message: string
}

/** Combinations that mean nothing, or have no index that bounds how many rows they read. */
const conflicts: readonly Conflict[] = [
  { whenAll: ['state', 'author'], message: 'cannot be combined with state, which lists your own posts' },
  ...each(['favoritedBy', 'tag', 'language', 'from', 'to', 'q'], 'state', 'no index orders them by it'),
  ...each(['tag', 'author', 'language', 'from', 'to', 'q'], 'favoritedBy', 'no index orders them by it'),
  {
    whenAll: ['tag', 'author', 'language'],
    message: 'cannot be combined with both tag and author: no index has all three',
  },
]

/** `order=favorites` has an index for all posts, for a tag and for an author. */
const favoritesConflicts: readonly Conflict[] = [
  { whenAll: ['state'], message: 'cannot be favorites with state: drafts have none' },
  ...(['favoritedBy', 'language', 'from', 'to'] as const).map(name => ({
    whenAll: [name],
    message: `cannot be favorites with ${name}: no index has both`,
  })),
  { whenAll: ['tag', 'author'], message: 'cannot be favorites with both tag and author: no index has both' },
]

export function assertCompatibleFilters(query: ListQuery): void {
  const has = (name: Name) => query[name] !== undefined
  for (const { whenAll, message } of conflicts) if (whenAll.every(has)) refuse(whenAll.at(-1) ?? '', message)
  if (query.q !== undefined && query.order) refuse('order', 'cannot be combined with q: results are ranked')
  if (query.order === 'favorites') {
    for (const { whenAll, message } of favoritesConflicts) if (whenAll.every(has)) refuse('order', message)
  }
  if (query.from && query.to && query.from >= query.to) refuse('to', 'must be later than from')
}

function each(names: readonly Name[], other: Name, reason: string): readonly Conflict[] {
  return names.map(name => ({
    whenAll: [other, name],
    message: `cannot be combined with ${other}: ${reason}`,
  }))
}

function refuse(path: string, message: string): never {
  throw new DomainError('invalid_parameter', { path, message })
}
