import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Database } from '../shared/postgres/database.ts'
import { unavailable } from '../shared/problems.ts'
import type { RedisClient } from '../shared/redis/client.ts'
import { createTestApp } from './test-app.ts'

const { database, redis, owner, ask, createAccount, createPod, write, change } = await createTestApp()

/** Counts the statements that reach Postgres, and can be cut off from it. */
function createMeter() {
  const meter = { statements: 0, isAway: false }
  const query: Database['query'] = (statement, parameters) => {
    meter.statements += 1
    return meter.isAway
      ? Promise.reject(unavailable('Postgres is away.'))
      : database.query(statement, parameters)
  }
  return { meter, metered: { ...database, query } }
}

type RedisState = 'there' | 'away' | 'slow'

/** As ioredis behaves behind client.ts: what is not answered in 100 ms is not waited for. */
function createSwitch() {
  const state: { redis: RedisState } = { redis: 'there' }
  const switched: RedisClient = {
    ...redis,
    async attempt(command) {
      if (state.redis === 'there') return redis.attempt(command)
      if (state.redis === 'slow') {
        setTimeout(() => void redis.attempt(command), 2_000)
        await sleep(100)
      }
      return undefined
    },
  }
  return { state, switched }
}

const read = async (
  pod: ReturnType<typeof createPod>,
  path: string,
  headers: Record<string, string> = {},
) => {
  const response = await pod.request(path, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** What lies in Redis is stored behind the answer. */
const settled = () => sleep(30)

test('every read route is one statement, and none while its answer is kept', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada, { tags: ['meter'] })
  const { meter, metered } = createMeter()
  const pod = createPod({ database: metered })
  await read(pod, '/posts', ada.authorization)
  const kept = [
    ...[
      `/posts/${post.slug}`,
      '/posts?limit=3',
      '/posts?tag=meter',
      `/posts?author=${ada.username}&total=true`,
    ],
    ...['/posts?q=title', '/posts?q=tilte', '/posts?order=favorites', '/posts/tags', '/posts/atom.xml'],
    ...['/posts/sitemap.xml', '/posts/sitemap.xml?day=2026-11-23'],
  ]
  for (const path of kept) {
    meter.statements = 0
    expect((await read(pod, path)).status).toBe(200)
    expect([path, meter.statements]).toEqual([path, 1])
    expect((await read(pod, path)).status).toBe(200)
    await settled()
    expect((await read(createPod({ database: metered }), path)).status).toBe(200)
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
    expect((await read(pod, path, ada.authorization)).status).toBe(200)
    expect([path, meter.statements]).toEqual([path, 1])
  }
  const draft = await write(ada, { status: 'draft' })
  meter.statements = 0
  expect((await read(pod, `/posts/${draft.slug}`, ada.authorization)).status).toBe(200)
  expect(meter.statements).toBe(1)
})

test('304 does not touch Postgres', async () => {
  const { slug } = await write(await createAccount())
  const { meter, metered } = createMeter()
  const pod = createPod({ database: metered })
  const { headers } = await read(pod, `/posts/${slug}`)
  await settled()
  meter.statements = 0
  for (const reader of [pod, createPod({ database: metered })]) {
    const again = await read(reader, `/posts/${slug}`, { 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, again.text]).toEqual([304, ''])
  }
  expect(meter.statements).toBe(0)
})

test('200 readers at once, of what is not kept, cost one statement in each pod', async () => {
  const { slug } = await write(await createAccount())
  for (const path of [`/posts/${slug}`, '/posts?limit=7', '/posts/tags?limit=7']) {
    const { meter, metered } = createMeter()
    const pod = createPod({ database: metered })
    const answers = await Promise.all(Array.from({ length: 200 }, () => read(pod, path)))
    expect([...new Set(answers.map(answer => answer.status))]).toEqual([200])
    expect([path, meter.statements]).toEqual([path, 1])
  }
})

test('a write is in the next read of its author, on whatever pod, and in everyone’s within a second', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const path = `/posts/${post.slug}`
  const list = `/posts?author=${ada.username}`
  const [one, two] = [createPod(), createPod()]
  for (let n = 0; n < 5; n += 1) {
    for (const pod of [one, two]) {
      await read(pod, path)
      await read(pod, list)
    }
    await settled()
    const title = `Title ${n}`
    expect((await change(ada, post.slug, '*', { title })).status).toBe(200)
    for (const pod of [one, two]) {
      expect((await read(pod, path, ada.authorization)).text).toContain(title)
      expect((await read(pod, list, ada.authorization)).text).toContain(title)
    }
    // In the pod that wrote, for those without a token too.
    expect(await (await ask('GET', path)).text()).toContain(title)
    await sleep(300)
    for (const pod of [one, two]) {
      expect((await read(pod, path)).text).toContain(title)
      expect((await read(pod, list)).text).toContain(title)
    }
  }
})

test('what was written behind everyone’s back is there within a second', async () => {
  const post = await write(await createAccount())
  await read(createPod(), `/posts/${post.slug}`)
  await settled()
  await owner.query(setTitle, [post.id])
  await sleep(1_000)
  expect((await read(createPod(), `/posts/${post.slug}`)).text).toContain('Behind the back')
})

test('while Postgres is away what was read lately is answered with its age, the rest with 503', async () => {
  const ada = await createAccount('ada')
  const [post, other] = [await write(ada), await write(ada)]
  const { meter, metered } = createMeter()
  const pod = createPod({ database: metered })
  const paths = [
    `/posts/${post.slug}`,
    `/posts?author=${ada.username}`,
    '/posts/tags?limit=3',
    '/posts/atom.xml',
  ]
  for (const path of paths) await read(pod, path)
  await sleep(1_100)
  meter.isAway = true
  for (const path of paths) {
    const { status, headers } = await read(pod, path)
    expect([path, status]).toEqual([path, 200])
    expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(1)
    expect(headers.get('cache-control')).toContain('stale-if-error')
    expect(headers.get('warning')).toBeNull()
    const again = await read(pod, path, { 'if-none-match': headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  }
  const unknown = await read(pod, `/posts/${other.slug}`)
  expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '1'])
  meter.isAway = false
  await sleep(300)
  expect((await read(pod, `/posts/${post.slug}`)).headers.get('age')).toBeNull()
})

test('what was changed before Postgres went away is not given on as it was', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const { meter, metered } = createMeter()
  const pod = createPod({ database: metered })
  await read(pod, `/posts/${post.slug}`)
  await settled()
  await change(ada, post.slug, '*', { status: 'draft' })
  await sleep(300)
  meter.isAway = true
  expect((await read(pod, `/posts/${post.slug}`)).status).toBe(503)
})

test.each(['away', 'slow'] as const)('with Redis %s, and then back, every read is right', async trouble => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const { state, switched } = createSwitch()
  const [writer, reader] = [createPod({ redis: switched }), createPod()]
  const path = `/posts/${post.slug}`
  const edit = async (title: string) => {
    const response = await writer.request(path, {
      method: 'PATCH',
      headers: { ...ada.authorization, 'content-type': 'application/json', 'if-match': '*' },
      body: JSON.stringify({ title }),
    })
    expect(response.status).toBe(200)
  }
  for (const pod of [writer, reader]) await read(pod, path)
  await settled()

  state.redis = trouble
  await edit('While it was in trouble')
  expect((await read(writer, path)).text).toContain('While it was in trouble')
  expect((await read(writer, path, ada.authorization)).text).toContain('While it was in trouble')
  await sleep(1_000)
  expect((await read(reader, path)).text).toContain('While it was in trouble')

  await edit('Just before it came back')
  state.redis = 'there'
  expect((await read(writer, path, ada.authorization)).text).toContain('Just before it came back')
  await sleep(1_000)
  for (const pod of [writer, reader])
    expect((await read(pod, path)).text).toContain('Just before it came back')
  await edit('And after')
  for (const pod of [writer, reader])
    expect((await read(pod, path, ada.authorization)).text).toContain('And after')
})

test('Redis that was emptied is filled again, with nothing from before', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const path = `/posts/${post.slug}`
  await read(createPod(), path)
  await change(ada, post.slug, '*', { title: 'Before' })
  await redis.attempt(commands => commands.flushdb())
  expect((await read(createPod(), path)).text).toContain('Before')
  await change(ada, post.slug, '*', { title: 'After' })
  expect((await read(createPod(), path)).text).toContain('After')
  await vi.waitFor(async () => {
    const keys = await redis.attempt(commands => commands.keys('iod:cache:posts:*'))
    expect(keys?.length).toBeGreaterThan(0)
  })
})

const setTitle = {
  name: 'set_title',
  text: `update posts.posts set title = 'Behind the back' where id = $1::uuid`,
}
