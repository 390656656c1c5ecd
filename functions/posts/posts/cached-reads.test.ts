import { expect, it } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createMeter, createTracker, read } from '../test-outages.ts'

const { database, redis, owner, clock, ask, createAccount, createPod, write, change } = await createTestApp()
const { tracked, idle } = createTracker(redis)

/** A pod that counts its statements, beside others on the same Redis. */
async function createMeteredPods(count: number) {
  const { meter, metered } = createMeter(database)
  const pods = await Promise.all(
    Array.from({ length: count }, () => createPod({ database: metered, redis: tracked })),
  )
  return { meter, pods }
}

it('reads each route with one statement, and with none while its representation is cached', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada, { tags: ['meter'] })
  const {
    meter,
    pods: [one, two],
  } = await createMeteredPods(2)
  if (one === undefined || two === undefined) throw new Error('no pods')
  await read(one, '/posts', ada.authorization)
  const cached = [
    ...[
      `/posts/${post.slug}`,
      '/posts?limit=3',
      '/posts?tag=meter',
      `/posts?author=${ada.username}&total=true`,
    ],
    ...['/posts?q=title', '/posts?order=favorites', '/posts/tags', '/posts/atom.xml'],
    ...['/posts/sitemap.xml', `/posts/sitemap.xml?day=${post.createdAt.slice(0, 10)}`],
  ]
  for (const path of cached) {
    meter.statements = 0
    expect((await read(one, path)).status).toBe(200)
    expect([path, meter.statements]).toEqual([path, 1])
    expect((await read(one, path)).status).toBe(200)
    await idle()
    expect((await read(two, path)).status).toBe(200)
    expect([path, meter.statements]).toEqual([path, 1])
  }
  const own = [
    '/posts/feed',
    '/posts?state=any',
    `/posts/${post.slug}/comments`,
    `/posts/${post.slug}/favorite`,
  ]
  for (const path of own) {
    meter.statements = 0
    expect((await read(one, path, ada.authorization)).status).toBe(200)
    expect([path, meter.statements]).toEqual([path, 1])
  }
  const draft = await write(ada, { status: 'draft' })
  meter.statements = 0
  expect((await read(one, `/posts/${draft.slug}`, ada.authorization)).status).toBe(200)
  expect(meter.statements).toBe(1)
})

it('searches for a mistyped word with three statements: the words, similar ones, and those', async () => {
  await write(await createAccount(), { title: 'Archipelago' })
  const { meter, metered } = createMeter(database)
  const found = await read(await createPod({ database: metered }), '/posts?q=archipelgo')
  expect(JSON.parse(found.text)).toMatchObject({ items: [{ title: 'Archipelago' }] })
  expect(meter.statements).toBe(3)
})

it('responds with 304 without asking Postgres', async () => {
  const { slug } = await write(await createAccount())
  const {
    meter,
    pods: [one, two],
  } = await createMeteredPods(2)
  if (one === undefined || two === undefined) throw new Error('no pods')
  const { headers } = await read(one, `/posts/${slug}`)
  await idle()
  meter.statements = 0
  for (const reader of [one, two]) {
    const again = await read(reader, `/posts/${slug}`, { 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, again.text]).toEqual([304, ''])
  }
  expect(meter.statements).toBe(0)
})

it('loads once per pod for 200 concurrent readers of what is not cached', async () => {
  const { slug } = await write(await createAccount())
  for (const path of [`/posts/${slug}`, '/posts?limit=7', '/posts/tags?limit=7']) {
    const { meter, metered } = createMeter(database)
    const pod = await createPod({ database: metered })
    const answers = await Promise.all(Array.from({ length: 200 }, () => read(pod, path)))
    expect([...new Set(answers.map(answer => answer.status))]).toEqual([200])
    expect([path, meter.statements]).toEqual([path, 1])
  }
})

it('shows a write to its author at once in every pod, and to everyone within a second', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const path = `/posts/${post.slug}`
  const list = `/posts?author=${ada.username}`
  const pods = [await createPod({ redis: tracked }), await createPod({ redis: tracked })]
  for (let n = 0; n < 5; n += 1) {
    for (const pod of pods) {
      await read(pod, path)
      await read(pod, list)
    }
    await idle()
    const title = `Title ${n}`
    expect((await change(ada, post.slug, '*', { title })).status).toBe(200)
    for (const pod of pods) {
      expect((await read(pod, path, ada.authorization)).text).toContain(title)
      expect((await read(pod, list, ada.authorization)).text).toContain(title)
    }
    // In the pod that wrote, to anonymous readers too.
    expect(await (await ask('GET', path)).text()).toContain(title)
    clock.advance(300)
    for (const pod of pods) {
      expect((await read(pod, path)).text).toContain(title)
      expect((await read(pod, list)).text).toContain(title)
    }
  }
})

it('replays in a pod what it has shown, until something changes there', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const pod = await createPod()
  const paths = [`/posts/${post.slug}`, `/posts?author=${ada.username}`]
  for (const path of paths) await read(pod, path)
  await owner.query(setTitle, [post.id])
  for (const path of paths) expect((await read(pod, path)).text).not.toContain('Behind the back')

  const headers = { ...ada.authorization, 'if-match': '*', 'content-type': 'application/json' }
  const body = JSON.stringify({ title: 'In front of all' })
  expect((await pod.request(`/posts/${post.slug}`, { method: 'PATCH', headers, body })).status).toBe(200)
  for (const path of paths) expect((await read(pod, path)).text).toContain('In front of all')
})

it('shows within a second what was written without an invalidation', async () => {
  const post = await write(await createAccount())
  const pod = await createPod({ redis: tracked })
  await read(pod, `/posts/${post.slug}`)
  await idle()
  await owner.query(setTitle, [post.id])
  expect((await read(pod, `/posts/${post.slug}`)).text).not.toContain('Behind the back')
  clock.advance(1_000)
  for (const reader of [pod, await createPod()])
    expect((await read(reader, `/posts/${post.slug}`)).text).toContain('Behind the back')
})

const setTitle = {
  name: 'set_title',
  text: `update posts.posts set title = 'Behind the back' where id = $1::uuid`,
}
