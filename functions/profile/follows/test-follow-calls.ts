import * as v from 'valibot'
import { PublicProfile } from '../profiles/schemas.ts'
import type { createTestApp, TestAccount } from '../test-app.ts'
import { FollowPage } from './schemas.ts'

type Parts = Pick<Awaited<ReturnType<typeof createTestApp>>, 'app' | 'as'>

/** The calls of the routes of follows. */
export function createFollowCalls({ app, as }: Parts) {
  const follow = (follower: TestAccount, followee: TestAccount) =>
    as(follower, 'PUT', `/profile/${followee.username}/follow`)
  const unfollow = (follower: TestAccount, followee: TestAccount) =>
    as(follower, 'DELETE', `/profile/${followee.username}/follow`)

  async function counts(account: TestAccount): Promise<readonly [number, number]> {
    const response = await app.request(`/profile/${account.username}`)
    const { followersCount, followingCount } = v.parse(PublicProfile, await response.json())
    return [followersCount, followingCount]
  }

  const page = async (path: string) => v.parse(FollowPage, await (await app.request(path)).json())

  async function walk(path: string, limit: number): Promise<readonly string[]> {
    const names: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { items, nextCursor } = await page(`${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`)
      names.push(...items.map(item => item.username))
      cursor = nextCursor
    }
    return names
  }

  return { follow, unfollow, counts, page, walk }
}
