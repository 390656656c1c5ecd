import { expect, test } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'
import { type ColumnsOf, fieldNames, profileColumns } from './profile-fields.ts'
import { selectByUsername, updateStatement } from './queries.ts'
import { type ProfileFields, ProfilePatch } from './schemas.ts'

const { as, createAccount, patch } = await createTestApp()

test('a field that one side forgets is a type error', () => {
  const { website: _, ...forgotten } = profileColumns
  // @ts-expect-error The table has no column for `website`.
  const incomplete: ColumnsOf<ProfileFields> = forgotten
  interface WithPronouns extends ProfileFields {
    readonly pronouns: string
  }
  // @ts-expect-error The schema has a field `pronouns` that the table does not have.
  const behind: ColumnsOf<WithPronouns> = profileColumns
  // @ts-expect-error The table has a column `pronouns` that the schema does not have.
  const ahead: ColumnsOf<ProfileFields> = { ...profileColumns, pronouns: { column: 'pronouns' } }
  expect([incomplete, behind, ahead]).toHaveLength(3)
})

/** Another value than a new profile has, for each field. */
const others: ProfileFields = {
  displayName: 'Ada',
  bio: 'Mathematician.',
  location: 'London',
  website: 'https://ada.test/',
  avatarUrl: 'https://pictures.test/ada.png',
  visibility: 'private',
}

test.each(Object.entries(others))('a new %s is written and read', async (name, value) => {
  const account = await createAccount('fields')
  const before = await as(account, 'GET', '/profile')
  const changed = await patch(account, { [name]: value })
  expect(changed.headers.get('etag')).not.toBe(before.headers.get('etag'))
  const expected = { ...(await readJson(before)), [name]: value, updatedAt: expect.any(String) }
  expect(await readJson(changed)).toEqual(expected)
  expect(await readJson(await as(account, 'GET', '/profile'))).toEqual(expected)
})

test('every member of a patch but the username has a column', () => {
  const { username: _, ...written } = ProfilePatch.entries
  expect(fieldNames.toSorted()).toEqual(Object.keys(written).toSorted())
})

test('the statements made from the table', () => {
  expect(updateStatement.text).toMatchInlineSnapshot(
    `
    "with profile as (
          update profile.profiles set display_name = $3::text, bio = $4::text, location = $5::text, website = $6::text, avatar_url = $7::text, visibility = $8::text, updated_at = now()
          where account_id = $1::uuid and xmin = $2::text::xid and auth.share_account($1::uuid)
          returning account_id, xmin, updated_at, display_name, bio, location, website, avatar_url, visibility
        )
        select account.id, account.username, account.created_at as "createdAt", profile.display_name as "displayName", profile.bio as "bio", profile.location as "location", profile.website as "website", profile.avatar_url as "avatarUrl", coalesce(profile.visibility, 'public') as "visibility", account.email, coalesce(profile.updated_at, account.created_at) as "updatedAt",
          profile.xmin::text as "rowVersion"
        from profile
        join auth.account_details account on account.id = profile.account_id"
  `,
  )
  expect(selectByUsername.text).toMatchInlineSnapshot(`
    "select account.id, account.username, account.created_at as "createdAt", profile.display_name as "displayName", profile.bio as "bio", profile.location as "location", profile.website as "website", profile.avatar_url as "avatarUrl", coalesce(profile.visibility, 'public') as "visibility",
          coalesce(posts.published_count, 0)::int as "postsCount",
          coalesce(counts.followers, 0)::int as "followersCount",
          coalesce(counts.following, 0)::int as "followingCount"
        from auth.account_details account
        left join profile.profiles profile on profile.account_id = account.id
        left join profile.follow_counts counts on counts.account_id = account.id
        left join posts.author_counts posts on posts.account_id = account.id
        where account.username_key = $1::text"
  `)
})
