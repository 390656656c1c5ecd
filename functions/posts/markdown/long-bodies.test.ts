import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write } = await createTestApp()

/** Rejected with 422 when it is rendered, so that any other response came before rendering. */
const expanding = `[a]: ${'x'.repeat(1_000)}\n\n${'[a]'.repeat(3_000)}`

test('rejects a text that becomes too much HTML, short or long, in posts and comments', async () => {
  const ada = await createAccount()
  const { slug } = await write(ada)
  const refusal = { status: 422, code: 'invalid_body', errors: [{ path: 'body' }] }
  for (const body of [expanding, expanding.slice(0, 4_000)]) {
    expect(await (await ask('POST', '/posts', { as: ada, body: { title: 'A', body } })).json()).toMatchObject(
      refusal,
    )
    expect(
      await (
        await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: body.slice(0, 10_000) } })
      ).json(),
    ).toMatchObject(refusal)
  }
})

test('checks permission and version before it renders a text', async () => {
  const [ada, eve] = [await createAccount(), await createAccount()]
  const { slug, etag } = await write(ada)
  const created = await ask('POST', `/posts/${slug}/comments`, { as: ada, body: { body: 'One.' } })
  const { id } = JSON.parse(await created.text())
  const patch = async (as: typeof ada, path: string, tag: string) =>
    (await ask('PATCH', path, { as, body: { body: expanding }, headers: { 'if-match': tag } })).status

  expect(await patch(ada, '/posts/there-is-no-such-post', etag)).toBe(404)
  expect(await patch(eve, `/posts/${slug}`, etag)).toBe(403)
  expect(await patch(ada, `/posts/${slug}`, '"9-x"')).toBe(412)
  expect(await patch(ada, `/posts/${slug}`, etag)).toBe(422)

  const comment = `/posts/${slug}/comments/${id}`
  const short = { body: expanding.slice(0, 9_000) }
  const patchComment = async (as: typeof ada, path: string, tag: string) =>
    (await ask('PATCH', path, { as, body: short, headers: { 'if-match': tag } })).status
  const tag = created.headers.get('etag') ?? ''
  expect(await patchComment(ada, `/posts/nowhere/comments/${id}`, tag)).toBe(404)
  expect(await patchComment(eve, comment, tag)).toBe(403)
  expect(await patchComment(ada, comment, '"9-x"')).toBe(412)
  expect(await patchComment(ada, comment, tag)).toBe(422)
  expect((await ask('POST', '/posts/nowhere/comments', { as: ada, body: short })).status).toBe(404)
})

test('renders a body of maximum length in the worker', async () => {
  const { excerpt, html } = await write(await createAccount(), { body: 'word '.repeat(20_000).trim() })
  expect(excerpt).toMatch(/^word word/)
  expect(html).toHaveLength(100_006)
})
