import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { isReserved, slugCandidates, toSlug } from './slugs.ts'

const { app, createAccount, ask, write, change } = await createTestApp()
const json = async (response: Response) => JSON.parse(await response.text())

test('caches a redirect like the page that it leads to', async () => {
  const ada = await createAccount()
  const draft = await write(ada, { status: 'draft', title: randomUUID() })
  await change(ada, draft.slug, draft.etag, { slug: randomUUID() })
  const moved = await ask('GET', `/posts/${draft.slug}`, { as: ada })
  expect([moved.status, moved.headers.get('cache-control')]).toEqual([308, 'private, no-store'])
  expect((await ask('GET', `/posts/${draft.slug}`)).status).toBe(404)
  const post = await write(ada, { title: randomUUID() })
  await change(ada, post.slug, post.etag, { slug: randomUUID() })
  expect((await ask('GET', `/posts/${post.slug}`)).headers.get('cache-control')).toContain('public')
})

describe('slugs', () => {
  test('a null slug is made from the title, also if the present slug begins with it', async () => {
    const ada = await createAccount()
    const word = `go${randomUUID().slice(0, 8)}`
    const post = await write(ada, { title: word, slug: `${word}-lang-tips` })
    expect(await json(await change(ada, post.slug, post.etag, { slug: null }))).toMatchObject({ slug: word })
  })

  test('a requested slug in a script without a form in ASCII is refused', async () => {
    const ada = await createAccount()
    const { slug, etag } = await write(ada, { title: '𐎀𐎁' })
    expect(slug).toMatch(/^post/)
    const refusal = { status: 422, errors: [{ path: 'slug' }] }
    const body = { title: 'A title', body: 'A body.', slug: '𐎀𐎁' }
    expect(await json(await ask('POST', '/posts', { as: ada, body }))).toMatchObject(refusal)
    expect(await json(await change(ada, slug, etag, { slug: '𐎀𐎁' }))).toMatchObject(refusal)
  })

  test('no slug equals a path of the function', () => {
    const fixed = app.routes.flatMap(({ path }) => /^\/posts\/([a-z0-9-]+)(?=$|\/)/.exec(path)?.[1] ?? [])
    expect(fixed).toContain('feed')
    for (const name of fixed) expect(isReserved(name), name).toBe(true)
  })

  test('cut a long word instead of leaving it out', async () => {
    expect(await toSlug(`Das ${'a'.repeat(90)}`)).toBe(`das-${'a'.repeat(76)}`)
    expect(await toSlug(`${'word '.repeat(30)}`)).toMatch(/^word(?:-word)+$/)
  })

  test('are well-formed for any title, and a slug maps to itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async title => {
        const slug = await toSlug(title)
        expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
        expect(slug.length).toBeLessThanOrEqual(80)
        expect(await toSlug(slug)).toBe(slug)
        for (const candidate of slugCandidates(slug)) expect(isReserved(candidate)).toBe(false)
      }),
    )
  })
})
