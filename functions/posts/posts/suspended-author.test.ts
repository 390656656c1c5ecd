import { expect, test } from 'vitest'
import { createTestApp, readJson } from '../test-app.ts'

const { ask, change, createAccount, owner, write } = await createTestApp()

/** At the moment of suspension, before the function has learned that the session ended. */
const suspend = (username: string) =>
  owner.query(
    {
      name: 'suspend',
      text: 'update auth.accounts set suspended_at = now() where username = $1::text returning id',
    },
    [username],
  )

test('a suspended account changes neither a post nor a comment with a token that it still has', async () => {
  const [ada, bob] = [await createAccount('ada'), await createAccount('bob')]
  const [own, other] = [await write(ada), await write(bob)]
  const comments = `/posts/${other.slug}/comments`
  const { id } = await readJson(await ask('POST', comments, { as: ada, body: { body: 'Before.' } }))
  const reply = { as: bob, body: { body: 'A reply.', parentId: id } }
  expect((await ask('POST', comments, reply)).status).toBe(201)
  await suspend(ada.username)

  expect((await change(ada, own.slug, '*', { title: 'After' })).status).toBe(401)
  const headers = { 'if-match': '*' }
  const late = { as: ada, body: { body: 'After.' }, headers }
  expect((await ask('PATCH', `${comments}/${id}`, late)).status).toBe(401)
  expect(await (await ask('GET', `/posts/${own.slug}`)).text()).not.toContain('After')
  expect(await (await ask('GET', comments)).text()).not.toContain('After')

  // The author of the post removes what the suspended account wrote, also where a reply keeps its place.
  expect((await ask('DELETE', `${comments}/${id}`, { as: bob, headers })).status).toBe(204)
})
