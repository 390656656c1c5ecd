import { type AccountId, maxUuid } from '../../shared/ids.ts'
import type { Queryable } from '../../shared/postgres/database.ts'
import { ForeignKeyViolation } from '../../shared/postgres/errors.ts'

/** A follow, with the profile at its other end. */
export interface FollowRow {
  readonly id: string
  readonly username: string
  readonly displayName: string | null
  readonly avatarUrl: string | null
  readonly visibility: 'public' | 'private'
  readonly followedAt: Date
}

/** Bounds the feed, which does one lookup per followed account. */
export const maxFollowed = 10_000

const insertStatement = {
  name: 'insert_follow',
  isIdempotent: true,
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

const deleteStatement = {
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
 * The page is cut before anything is joined to it, so that it costs the same anywhere in a list of a million.
 * The highest UUID stands for "from the start": with `is null or` a cached plan could not use the index.
 */
const pageOf = (listOf: 'follower_id' | 'followee_id', shown: 'follower_id' | 'followee_id') =>
  `select follow.id, account.username, profile.display_name as "displayName", profile.avatar_url as "avatarUrl",
      coalesce(profile.visibility, 'public') as visibility, uuid_extract_timestamp(follow.id) as "followedAt"
    from (
      select id, ${shown} as account_id from profile.follows
      where ${listOf} = $1::uuid and id < coalesce($2::uuid, '${maxUuid}')
      order by id desc
      limit $3::int
    ) follow
    join auth.account_names account on account.id = follow.account_id
    left join profile.profiles profile on profile.account_id = follow.account_id
    order by follow.id desc`

/** Exported for the test of their plans. */
export const selectFollowers = { name: 'select_followers', text: pageOf('followee_id', 'follower_id') }
export const selectFollowing = { name: 'select_following', text: pageOf('follower_id', 'followee_id') }

export interface FollowKey {
  readonly followerId: AccountId
  readonly followeeId: AccountId
}

export type FollowOutcome =
  /** `followerKey`: the username key of the follower if the follow is new. */
  | { readonly kind: 'following'; readonly followerKey: string | undefined }
  | { readonly kind: 'no follower' | 'no followee' | 'too many' }

export async function insertFollow(db: Queryable, follow: FollowKey): Promise<FollowOutcome> {
  const { followerId, followeeId } = follow
  try {
    const [row] = await db.query<{ isFull: boolean; followerKey: string | null }>(insertStatement, [
      followerId,
      followeeId,
    ])
    if (row?.isFull && !(await hasFollow(db, follow))) return { kind: 'too many' }
    return { kind: 'following', followerKey: row?.followerKey ?? undefined }
  } catch (error) {
    if (!(error instanceof ForeignKeyViolation)) throw error
    return { kind: error.constraint === 'follows_follower_fkey' ? 'no follower' : 'no followee' }
  }
}

/** Returns the username key of the follower; undefined if there was no follow. */
export const deleteFollow = async (
  db: Queryable,
  { followerId, followeeId }: FollowKey,
): Promise<string | undefined> =>
  (await db.query<{ followerKey: string }>(deleteStatement, [followerId, followeeId]))[0]?.followerKey

export const hasFollow = async (db: Queryable, { followerId, followeeId }: FollowKey): Promise<boolean> =>
  (await db.query(selectFollow, [followerId, followeeId])).length === 1

/** The keys among `usernameKeys` of the accounts that the follower follows. */
export async function findFollowed(
  db: Queryable,
  { followerId, usernameKeys }: { readonly followerId: AccountId; readonly usernameKeys: readonly string[] },
): Promise<readonly string[]> {
  const rows = await db.query<{ usernameKey: string }>(selectFollowed, [followerId, usernameKeys])
  return rows.map(({ usernameKey }) => usernameKey)
}

export interface FollowPageRequest {
  readonly accountId: AccountId
  /** The id of the last follow of the previous page. */
  readonly after: string | undefined
  readonly limit: number
}

/** Newest first. */
export const findFollowers = (db: Queryable, { accountId, after, limit }: FollowPageRequest) =>
  db.query<FollowRow>(selectFollowers, [accountId, after, limit])

/** Newest first. */
export const findFollowing = (db: Queryable, { accountId, after, limit }: FollowPageRequest) =>
  db.query<FollowRow>(selectFollowing, [accountId, after, limit])
