import type { AccountId } from '../../shared/ids.ts'
import type { Database } from '../../shared/postgres/database.ts'
import { ForeignKeyViolation } from '../../shared/postgres/errors.ts'
import type { Visibility } from './profiles.ts'

/** One side of a following as the other's list shows it. */
export interface Follow {
  readonly id: string
  readonly username: string
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly visibility: Visibility
  readonly followedAt: Date
}

/** The follower's username key, of a following that began or ended just now. */
export interface Changed {
  readonly followerKey: string
}

interface FollowRow {
  readonly isFull: boolean
  /** Null where it was followed already. */
  readonly followerKey: string | null
}

export type FollowOutcome =
  | { readonly kind: 'following'; readonly changed: Changed | undefined }
  | { readonly kind: 'no follower' | 'no followee' | 'too many' }

/** A feed looks once for each. */
export const maxFollowed = 10_000

const insertFollow = {
  name: 'insert_follow',
  text: `with counted as (
      select coalesce((select following from profile.follow_counts where account_id = $1::uuid), 0) >= ${maxFollowed} as is_full
    ), added as (
      insert into profile.follows (follower_id, followee_id)
      select $1::uuid, $2::uuid from counted where not is_full
      on conflict (follower_id, followee_id) do nothing
      returning follower_id
    )
    select is_full as "isFull",
      (select username_key from auth.account_names where id in (select follower_id from added)) as "followerKey"
    from counted`,
}

const deleteFollow = {
  name: 'delete_follow',
  text: `with ended as (
      delete from profile.follows where follower_id = $1::uuid and followee_id = $2::uuid returning follower_id
    )
    select username_key as "followerKey" from auth.account_names where id in (select follower_id from ended)`,
}

const selectFollow = {
  name: 'select_follow',
  text: `select from profile.follows where follower_id = $1::uuid and followee_id = $2::uuid`,
}

/** Exported for the test of its plan. */
const selectFollowed = {
  name: 'select_followed',
  text: `select account.username_key as "usernameKey"
    from unnest($2::text[]) asked (username_key)
    join auth.account_names account on account.username_key = asked.username_key
    where exists (
      select from profile.follows follow where follow.follower_id = $1::uuid and follow.followee_id = account.id
    )`,
}

/**
 * The page is cut before anything is joined to it, so it costs the same wherever it is in a list of a million.
 * The highest UUID stands for "from the start": with `is null or` a cached plan could not use the index.
 */
const page = (listOf: 'follower_id' | 'followee_id', shown: 'follower_id' | 'followee_id') =>
  `select follow.id, account.username, profile.display_name as "displayName", profile.avatar_url as "avatarUrl",
      coalesce(profile.visibility, 'public') as visibility, uuid_extract_timestamp(follow.id) as "followedAt"
    from (
      select id, ${shown} as account_id from profile.follows
      where ${listOf} = $1::uuid and id < coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      order by id desc
      limit $3::int
    ) follow
    join auth.account_names account on account.id = follow.account_id
    left join profile.profiles profile on profile.account_id = follow.account_id
    order by follow.id desc`

/** Exported for the test of their plans. */
export const selectFollowers = { name: 'select_followers', text: page('followee_id', 'follower_id') }
export const selectFollowing = { name: 'select_following', text: page('follower_id', 'followee_id') }

export function createFollowStore(database: Database) {
  const find = async (follower: AccountId, followee: AccountId) =>
    (await database.query(selectFollow, [follower, followee])).length === 1

  return {
    async follow(follower: AccountId, followee: AccountId): Promise<FollowOutcome> {
      try {
        const [row] = await database.query<FollowRow>(insertFollow, [follower, followee])
        if (row?.isFull && !(await find(follower, followee))) return { kind: 'too many' }
        const { followerKey } = row ?? { followerKey: null }
        return { kind: 'following', changed: followerKey === null ? undefined : { followerKey } }
      } catch (error) {
        if (!(error instanceof ForeignKeyViolation)) throw error
        return { kind: error.constraint === 'follows_follower_fkey' ? 'no follower' : 'no followee' }
      }
    },

    /** Undefined when there was nothing to end. */
    unfollow: async (follower: AccountId, followee: AccountId) =>
      (await database.query<Changed>(deleteFollow, [follower, followee]))[0],

    isFollowing: find,

    /** Those of these accounts that `follower` follows, by their keys. */
    async followed(follower: AccountId, usernameKeys: readonly string[]): Promise<readonly string[]> {
      const rows = await database.query<{ usernameKey: string }>(selectFollowed, [follower, usernameKeys])
      return rows.map(({ usernameKey }) => usernameKey)
    },

    /** Newest first, from the one after `after`. */
    followers: (of: AccountId, after: string | undefined, limit: number) =>
      database.query<Follow>(selectFollowers, [of, after, limit]),

    following: (of: AccountId, after: string | undefined, limit: number) =>
      database.query<Follow>(selectFollowing, [of, after, limit]),
  }
}

export type FollowStore = ReturnType<typeof createFollowStore>
