import { expect, test } from 'vitest'
import { AccountExport } from '../auth/accounts/export-schemas.ts'
import { authoredColumns } from '../posts/posts/post-fields.ts'
import { profileColumns } from '../profile/profiles/profile-fields.ts'

const { posts, profile } = AccountExport.entries

test.each([
  ['post', posts.item.entries, authoredColumns],
  ['profile', profile.item.entries, profileColumns],
])('an account is exported with every field of a %s that a person writes', (_, exported, columns) => {
  expect(Object.keys(exported)).toEqual(expect.arrayContaining(Object.keys(columns)))
})
