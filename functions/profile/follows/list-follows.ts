import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { cutPage } from '../../shared/page.ts'
import { canonical, usernameKey } from '../../shared/username.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Found, findProfile, type Moved, profileNotFound } from '../profiles/find-profile.ts'
import { type FollowRow, findFollowed, findFollowers, findFollowing } from './queries.ts'
import type { FollowItem } from './schemas.ts'

type Reads = Pick<Dependencies, 'db'>

export interface PageRequest {
  readonly username: string
  /** The id of the last follow of the previous page, and of the account: usernames change, ids do not. */
  readonly after: readonly string[] | undefined
  readonly limit: number
}

interface Page {
  readonly items: readonly FollowItem[]
  /** The start of the next page; undefined on the last one. */
  readonly next: readonly string[] | undefined
}

export const listFollowers = ({ db }: Reads, request: PageRequest) =>
  listPage({ db }, { ...request, find: findFollowers })

export const listFollowing = ({ db }: Reads, request: PageRequest) =>
  listPage({ db }, { ...request, find: findFollowing })

async function listPage(
  { db }: Reads,
  { username, after, limit, find }: PageRequest & { readonly find: typeof findFollowers },
): Promise<Found<Page> | Moved> {
  const found = await findProfile({ db }, { username })
  if (found.kind === 'moved') return found
  if (found.value.visibility === 'private') throw profileNotFound()
  const { id: accountId } = found.value
  if (after !== undefined && after[1] !== accountId) throw new DomainError('invalid_cursor', {})
  const follows = await find(db, { accountId, after: after?.[0], limit: limit + 1 })
  const { shown, last } = cutPage(follows, limit)
  const items = shown.filter(({ visibility }) => visibility === 'public').map(toItem)
  return { kind: 'found', value: { items, next: last && [last.id, accountId] } }
}

const toItem = ({ username, displayName, avatarUrl, followedAt }: FollowRow): FollowItem => ({
  username,
  displayName,
  avatarUrl,
  followedAt: followedAt.toISOString(),
})

/** Those of `usernames` that the actor follows, in the given order. */
export async function listFollowedAmong(
  { db }: Reads,
  {
    actor: { accountId: followerId },
    usernames,
  }: { readonly actor: Actor; readonly usernames: readonly string[] },
): Promise<readonly string[]> {
  const usernameKeys = usernames.map(usernameKey).filter(key => key !== undefined)
  const followed = new Set(await findFollowed(db, { followerId, usernameKeys }))
  return usernames.filter(name => followed.has(canonical(name)))
}
