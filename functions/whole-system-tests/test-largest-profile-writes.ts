import type * as v from 'valibot'
import type { ProfilePatch } from '../profile/profiles/schemas.ts'
import { appOf } from './test-largest-post-writes.ts'
import {
  auth,
  type LargestUser,
  type LargestWrites,
  longestUsername,
  registerLargest,
} from './test-largest-users.ts'

const { owner } = auth

/** Followers of a popular account, and those it follows. */
const insertPeople = {
  name: 'insert_many_people',
  text: `with crowd as (
      select id from auth.accounts where username like 'crowd-%'
    ), followers as (
      insert into profile.follows (follower_id, followee_id) select id, $1::uuid from crowd
    )
    insert into profile.follows (follower_id, followee_id) select $1::uuid, id from crowd`,
}
async function registerPopular(): Promise<LargestUser> {
  const user = await registerLargest()
  await owner.query(insertPeople, [user.user.id])
  return user
}

const longestUrl = (scheme: string) => `${scheme}://a.test/`.padEnd(2_048, 'a')
const longestProfile: Omit<Required<v.InferInput<typeof ProfilePatch>>, 'username'> = {
  displayName: '😀'.repeat(80),
  bio: '😀'.repeat(500),
  location: '😀'.repeat(100),
  website: longestUrl('http'),
  avatarUrl: longestUrl('https'),
  visibility: 'public',
}

async function follow() {
  const [reader, { user }] = await Promise.all([registerLargest(), registerPopular()])
  return { path: `/profile/${user.username}/follow`, token: reader.accessToken }
}

/** What the routes of profile take at most. */
export const largestProfileWrites: LargestWrites = {
  'PATCH /profile': {
    'every member, for the first time': async () => ({
      path: '/profile',
      token: (await registerPopular()).accessToken,
      body: longestProfile,
    }),
    'every member and the username': async () => ({
      path: '/profile',
      token: (await registerPopular()).accessToken,
      body: { ...longestProfile, username: longestUsername() },
      headers: { 'if-match': '*' },
    }),
  },
  'PUT /profile/{username}/follow': { 'a popular profile': follow },
  'DELETE /profile/{username}/follow': {
    'a popular profile': async () => {
      const write = await follow()
      await appOf(write.path).request(write.path, {
        method: 'PUT',
        headers: { authorization: `Bearer ${write.token}` },
      })
      return write
    },
  },
}
