import * as v from 'valibot'
import { KnownUsername, NextCursor, Timestamp, textUpTo, Uri } from '../../shared/formats.ts'
import { pageParameters } from '../../shared/http/cursor.ts'
import { names } from '../../shared/http/names.ts'
import { canonical } from '../../shared/username.ts'

export const PageQuery = v.strictObject(pageParameters)

export const FollowingQuery = v.strictObject({ usernames: names(30, canonical) })

export const FollowedUsernames = v.object({
  usernames: v.pipe(v.array(textUpTo(30)), v.description('Those you follow, spelled as in the request.')),
})

export const FollowState = v.object({ following: v.boolean() })

export const FollowItem = v.object({
  username: KnownUsername,
  displayName: v.nullable(textUpTo(80)),
  avatarUrl: v.nullable(Uri),
  followedAt: Timestamp,
})

export const FollowPage = v.object({
  items: v.array(FollowItem),
  nextCursor: NextCursor,
})

export type FollowState = v.InferOutput<typeof FollowState>
export type FollowItem = v.InferOutput<typeof FollowItem>
