import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTestApp, type TestAccount } from '../test-app.ts'
import { changedPublication } from './publication.ts'
import { isReserved, slugCandidates, toSlug } from './slugs.ts'

const { app, clock, createAccount, ask, write, change, owner, page } = await createTestApp()
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
    expect((await change(ada, slug, `"${version}"`, { title: 'B' })).status).toBe(200)
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

test('a comment cursor stays valid after a change of slug, and is invalid for another post', async () => {
  const ada = await createAccount()
  const [post, other] = [await write(ada), await write(ada)]
  for (const body of ['one', 'two'])
    await ask('POST', `/posts/${post.slug}/comments`, { as: ada, body: { body } })
  const { nextCursor } = await json(await ask('GET', `/posts/${post.slug}/comments?limit=1`))
  const renamed = await json(await change(ada, post.slug, post.etag, { slug: randomUUID() }))
  const second = await json(await ask('GET', `/posts/${renamed.slug}/comments?limit=1&cursor=${nextCursor}`))
  expect(second.items).toMatchObject([{ body: 'two' }])
  expect((await ask('GET', `/posts/${other.slug}/comments?cursor=${nextCursor}`)).status).toBe(400)
})

test('replays the response for a scheduled post after its time', async () => {
  const ada = await createAccount()
  const publishedAt = new Date(Date.now() + 400).toISOString()
  const body = { title: randomUUID(), body: 'x', status: 'scheduled', publishedAt }
  const headers = { 'idempotency-key': randomUUID() }
  const first = await ask('POST', '/posts', { as: ada, body, headers })
  expect(first.status).toBe(201)
  await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(publishedAt))
  const again = await ask('POST', '/posts', { as: ada, body, headers })
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  expect(await again.text()).toBe(await first.text())
})

test('replays the response for a comment after its post was closed or deleted', async () => {
  const [ada, bob] = [await createAccount(), await createAccount()]
  const { slug } = await write(ada)
  const headers = { 'idempotency-key': randomUUID() }
  const send = () => ask('POST', `/posts/${slug}/comments`, { as: bob, body: { body: 'First!' }, headers })
  const first = await send()
  expect(first.status).toBe(201)
  const text = await first.text()
  const change = { as: ada, headers: { 'if-match': '*' } }
  await ask('PATCH', `/posts/${slug}`, { ...change, body: { commentsOpen: false } })
  const closed = await send()
  expect([closed.status, await closed.text()]).toEqual([201, text])
  await ask('DELETE', `/posts/${slug}`, change)
  const gone = await send()
  expect([gone.status, gone.headers.get('idempotency-replayed'), await gone.text()]).toEqual([
    201,
    'true',
    text,
  ])
})

test('replays without rendering, so that a busy renderer cannot reject it', async () => {
  const ada = await createAccount()
  const body = { title: randomUUID(), body: 'word '.repeat(19_000) }
  const headers = { 'idempotency-key': randomUUID() }
  expect((await ask('POST', '/posts', { as: ada, body, headers })).status).toBe(201)
  const replays = await Promise.all(
    Array.from({ length: 8 }, () => ask('POST', '/posts', { as: ada, body, headers })),
  )
  expect(replays.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201))
})

describe('placeholders of deleted comments', () => {
  async function thread(ada: TestAccount) {
    const { slug } = await write(ada)
    const add = async (parentId?: string) =>
      json(
        await ask('POST', `/posts/${slug}/comments`, {
          as: ada,
          body: { body: 'x', ...(parentId && { parentId }) },
        }),
      )
    const remove = ({ id }: { id: string }) =>
      ask('DELETE', `/posts/${slug}/comments/${id}`, { as: ada, headers: { 'if-match': '*' } })
    const count = async () => {
      const text =
        'select count(*)::int as n from posts.comments comment join posts.posts post on post.id = post_id where slug = $1'
      return (await owner.query<{ n: number }>({ name: '', text }, [slug]))[0]?.n
    }
    return { slug, add, remove, count }
  }

  test('disappear with the last reply, along a whole chain', async () => {
    const { add, remove, count } = await thread(await createAccount())
    const first = await add()
    const second = await add(first.id)
    const third = await add(second.id)
    await remove(first)
    await remove(second)
    expect(await count()).toBe(3)
    await remove(third)
    expect(await count()).toBe(0)
  })

  test('stay while there is a reply, and disappear when the last two are deleted concurrently', async () => {
    const { add, remove, count } = await thread(await createAccount())
    const parent = await add()
    const replies = [await add(parent.id), await add(parent.id), await add(parent.id)]
    await remove(parent)
    await remove(replies[0])
    expect(await count()).toBe(3)
    await Promise.all(replies.slice(1).map(remove))
    expect(await count()).toBe(0)
  })
})

describe('transitions of status and time', () => {
  const past = new Date('2020-01-01T00:00:00Z')
  const future = new Date('2199-01-01T00:00:00Z')
  const later = new Date('2199-06-01T00:00:00Z')
  const from = {
    draft: { status: 'draft', publishedAt: null },
    'draft for later': { status: 'draft', publishedAt: future },
    scheduled: { status: 'scheduled', publishedAt: future },
    published: { status: 'published', publishedAt: past },
    archived: { status: 'archived', publishedAt: past },
    'archived before its time': { status: 'archived', publishedAt: future },
  } as const
  const now = null
  const refused = 'refused'
  const refusedTime = expect.objectContaining({
    code: 'invalid_member',
    facts: expect.objectContaining({ path: 'publishedAt' }),
  })
  test.each([
    ['draft', { status: 'published' }, ['published', now]],
    ['draft', { status: 'scheduled' }, refused],
    ['draft', { status: 'scheduled', publishedAt: later }, ['published', later]],
    ['draft', { publishedAt: later }, ['draft', later]],
    ['draft for later', { status: 'published' }, ['published', now]],
    ['draft for later', { status: 'scheduled' }, ['published', future]],
    ['draft for later', { publishedAt: null }, ['draft', null]],
    ['scheduled', { publishedAt: null }, ['draft', null]],
    ['scheduled', { publishedAt: later }, ['published', later]],
    ['scheduled', { publishedAt: past }, ['published', past]],
    ['scheduled', { status: 'published' }, ['published', now]],
    ['scheduled', { status: 'draft' }, ['draft', future]],
    ['scheduled', { status: 'archived' }, ['archived', future]],
    ['scheduled', {}, ['published', future]],
    ['published', {}, ['published', past]],
    ['published', { status: 'draft' }, ['draft', null]],
    ['published', { status: 'archived' }, ['archived', past]],
    ['published', { status: 'scheduled' }, refused],
    ['published', { status: 'scheduled', publishedAt: later }, ['published', later]],
    ['archived', { status: 'published' }, ['published', past]],
    ['archived', { status: 'scheduled' }, refused],
    ['archived', { status: 'draft' }, ['draft', null]],
    ['archived before its time', { status: 'published' }, ['published', now]],
    ['archived before its time', { status: 'scheduled' }, ['published', future]],
  ] as const)('%s, patched with %o', (name, asked, expected) => {
    const act = () => changedPublication(from[name], asked)
    if (expected === refused) expect(act).toThrow(refusedTime)
    else expect(act()).toEqual({ state: expected[0], publishedAt: expected[1] })
  })
})

test('dates a scheduled post in feeds and sitemaps by its appearance', async () => {
  const ada = await createAccount('ada')
  const { id, slug } = await write(ada, {
    status: 'scheduled',
    publishedAt: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const text = 'update posts.posts set published_at = posts.now_ms() where id = $1'
  await owner.query({ name: '', text }, [id])
  const [row] = await owner.query<{ at: Date }>(
    { name: '', text: 'select published_at as at from posts.posts where id = $1' },
    [id],
  )
  const time = row?.at.toISOString() ?? ''
  const atom = await (await ask('GET', `/posts/atom.xml?author=${ada.username}`)).text()
  expect(atom).toContain(`<published>${time}</published><updated>${time}</updated>`)
  expect(atom.match(/<updated>/g)).toHaveLength(2)
  expect(await (await ask('GET', `/posts/sitemap.xml?day=${time.slice(0, 10)}`)).text()).toContain(
    `/posts/${slug}</loc><lastmod>${time}</lastmod>`,
  )
})

test('leaves a post with a canonical URL elsewhere out of the sitemaps', async () => {
  const ada = await createAccount()
  const own = await write(ada, { title: randomUUID(), canonicalUrl: 'https://api.test/posts/own' })
  const elsewhere = await write(ada, { title: randomUUID(), canonicalUrl: 'https://elsewhere.test/a' })
  const day = own.publishedAt?.slice(0, 10)
  const sitemap = await (await ask('GET', `/posts/sitemap.xml?day=${day}`)).text()
  expect(sitemap).toContain(own.slug)
  expect(sitemap).not.toContain(elsewhere.slug)
})

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

test('does not list the favorites of a private profile', async () => {
  const [ada, eve] = [await createAccount('ada'), await createAccount('eve')]
  const { slug } = await write(ada)
  await ask('PUT', `/posts/${slug}/favorite`, { as: eve })
  const path = `/posts?favoritedBy=${eve.username}`
  expect((await page(path)).items).toHaveLength(1)
  const text = `insert into profile.profiles (account_id, visibility) values ($1, 'private')
    on conflict (account_id) do update set visibility = 'private'`
  await owner.query({ name: '', text }, [eve.actor.accountId])
  clock.advance(1_000)
  expect((await page(path)).items).toHaveLength(0)
})
