import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, owner, patch } = await createTestApp()

test('a suspended account does not change its profile with a token that it still has', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  expect((await patch(bob, { bio: 'Before.' })).status).toBe(200)
  await owner.query({ name: 'suspend', text: 'update auth.accounts set suspended_at = now() returning id' })
  // The first change inserts the row, later ones update it.
  for (const account of [ada, bob]) expect((await patch(account, { bio: 'After.' })).status).toBe(401)
})
