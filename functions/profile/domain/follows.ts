import type { Actor } from '../../shared/access-token.ts'
import { DomainError } from '../../shared/domain-error.ts'
import { canonical, usernameKey } from '../../shared/username.ts'
import type { FollowItem } from '../schemas.ts'
import { type Changed, type Follow, type FollowStore, maxFollowed } from '../store/follows.ts'
import { type Found, type Moved, notFound, type Profiles } from './profiles.ts'
import type { PublicProfiles } from './public-profiles.ts'

export interface FollowsOptions {
  readonly store: FollowStore
  readonly publicProfiles: Pick<PublicProfiles, 'changed'>
  readonly profiles: Pick<Profiles, 'find'>
}

export interface FollowPage {
  readonly items: readonly FollowItem[]
  /** Where the next page starts; undefined at the end. */
  readonly next: readonly string[] | undefined
}

export interface PageRequest {
  /** The last follow of the page before, and the account whose list it is: names change, ids do not. */
  readonly after: readonly string[] | undefined
  readonly limit: number
}

type State = Found<{ readonly following: boolean }> | Moved

const state = (following: boolean): State => ({ kind: 'found', value: { following } })

/** The verbs on following. A private profile cannot be followed; those who follow it already go on. */
export function createFollows({ store, publicProfiles, profiles }: FollowsOptions) {
  async function page(
    username: string,
    { after, limit }: PageRequest,
    list: FollowStore['followers'],
  ): Promise<Found<FollowPage> | Moved> {
    const found = await profiles.find(username)
    if (found.kind === 'moved') return found
    if (found.value.visibility === 'private') throw notFound()
    const { id } = found.value
    if (after !== undefined && after[1] !== id) throw new DomainError('invalid_cursor', {})
    const follows = await list(id, after?.[0], limit + 1)
    const shown = follows.slice(0, limit)
    const last = follows.length > limit ? shown.at(-1) : undefined
    const next = last && [last.id, id]
    return { kind: 'found', value: { items: shown.filter(isPublic).map(toItem), next } }
  }

  /** Both sides show a count that is another now. */
  async function dropCounts(changed: Changed | undefined, followee: string): Promise<void> {
    if (changed === undefined) return
    await publicProfiles.changed([changed.followerKey, followee])
  }

  return {
    async follow({ accountId }: Actor, username: string): Promise<State> {
      const found = await profiles.find(username)
      if (found.kind === 'moved') return found
      const { id, visibility, username: followee } = found.value
      if (id === accountId) throw new DomainError('conflict', { detail: 'You cannot follow yourself.' })
      if (visibility === 'private' && !(await store.isFollowing(accountId, id))) throw notFound()
      const outcome = await store.follow(accountId, id)
      switch (outcome.kind) {
        case 'following':
          await dropCounts(outcome.changed, followee)
          return state(true)
        case 'too many':
          throw new DomainError('conflict', {
            detail: `You follow ${maxFollowed} people, which is the most.`,
          })
        case 'no follower':
          throw new DomainError('invalid_token', {})
        case 'no followee':
          throw notFound()
      }
    },

    /** Ends it also where the profile has become private; to all others a private one is not there. */
    async unfollow({ accountId }: Actor, username: string): Promise<State> {
      const found = await profiles.find(username)
      if (found.kind === 'moved') return found
      const ended = await store.unfollow(accountId, found.value.id)
      if (ended === undefined && found.value.visibility === 'private') throw notFound()
      await dropCounts(ended, found.value.username)
      return state(false)
    },

    async isFollowing({ accountId }: Actor, username: string): Promise<State> {
      const found = await profiles.find(username)
      if (found.kind === 'moved') return found
      const following = await store.isFollowing(accountId, found.value.id)
      if (!following && found.value.visibility === 'private') throw notFound()
      return state(following)
    },

    /** Which of these people one follows, in the order in which they are asked for; names that nobody has are left out. */
    async followed({ accountId }: Actor, usernames: readonly string[]): Promise<readonly string[]> {
      const keys = usernames.map(usernameKey).filter(key => key !== undefined)
      const followed = new Set(await store.followed(accountId, keys))
      return usernames.filter(name => followed.has(canonical(name)))
    },

    followers: (username: string, request: PageRequest) => page(username, request, store.followers),
    following: (username: string, request: PageRequest) => page(username, request, store.following),
  }
}

export type Follows = ReturnType<typeof createFollows>

const isPublic = (follow: Follow) => follow.visibility === 'public'

const toItem = ({ username, displayName, avatarUrl, followedAt }: Follow): FollowItem => ({
  username,
  displayName,
  avatarUrl,
  followedAt: followedAt.toISOString(),
})
