import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'

const { createAccount, ask, write, change } = await createTestApp()
const json = async (response: Response) => JSON.parse(await response.text())

describe('an ETag', () => {
  test('of a deleted post does not match the post that has its slug now', async () => {
    const ada = await createAccount()
    const slug = randomUUID()
    const former = await write(ada, { title: slug })
    await ask('DELETE', `/posts/${slug}`, { as: ada, headers: { 'if-match': former.etag } })
    await write(ada, { title: slug })
    for (const tag of [former.etag, `"${former.version}"`]) {
      const headers = { 'if-match': tag }
      expect((await ask('DELETE', `/posts/${slug}`, { as: ada, headers })).status).toBe(412)
    }
  })

  test('is also in the body, for clients whose proxy weakens ETags', async () => {
    const ada = await createAccount()
    const { slug, etag, version } = await write(ada)
    const weak = await change(ada, slug, `W/${etag}`, { title: 'B' })
    expect(weak.status).toBe(412)
    expect(await json(weak)).toMatchObject({ detail: expect.stringContaining('weak') })
    expect((await change(ada, slug, `"a,*,b", "a,${etag.slice(1)}`, { title: 'B' })).status).toBe(412)
    expect((await change(ada, slug, `"a,b", "${version}"`, { title: 'B' })).status).toBe(200)
  })

  test('of a compressed response is valid for a change too', async () => {
    const ada = await createAccount()
    const { slug, etag } = await write(ada)
    const coded = etag.replace(/"$/, '+br"')
    const first = await change(ada, slug, coded, { title: 'B' })
    expect(first.status).toBe(200)
    expect((await change(ada, slug, coded, { title: 'C' })).status).toBe(412)
  })
})
