import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { clock, createAccount, ask, write, owner, page } = await createTestApp()

test('lists the favorites of a private profile for its owner alone', async () => {
  const [ada, eve] = [await createAccount('ada'), await createAccount('eve')]
  const { slug } = await write(ada)
  await ask('PUT', `/posts/${slug}/favorite`, { as: eve })
  const path = `/posts?favoritedBy=${eve.username}`
  expect((await page(path)).items).toHaveLength(1)
  const text = `insert into profile.profiles (account_id, visibility) values ($1, 'private')
    on conflict (account_id) do update set visibility = 'private'`
  await owner.query({ name: '', text }, [eve.actor.accountId])
  clock.advance(1_000)
  for (const reader of [undefined, ada]) expect((await page(path, reader)).items).toHaveLength(0)
  const own = await ask('GET', path, { as: eve })
  expect(own.headers.get('cache-control')).toBe('private, no-store')
  expect(await own.json()).toMatchObject({ items: [{ slug }] })
})
