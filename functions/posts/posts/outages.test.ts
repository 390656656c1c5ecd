import { expect, it, vi } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { createMeter, createSwitch, createTracker, read } from '../test-outages.ts'

const { database, redis, redisOwner, clock, createAccount, createPod, write, change } = await createTestApp()
const { tracked, idle } = createTracker(redis)

it('without Postgres responds to recent reads with their Age, to others with 503', async () => {
  const ada = await createAccount('ada')
  const [post, other] = [await write(ada), await write(ada)]
  const { meter, metered } = createMeter(database)
  const pod = await createPod({ database: metered, redis: tracked })
  const paths = [
    `/posts/${post.slug}`,
    `/posts?author=${ada.username}`,
    '/posts/tags?limit=3',
    '/posts/atom.xml',
  ]
  for (const path of paths) await read(pod, path)
  await idle()
  clock.advance(1_100)
  meter.isUnavailable = true
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
  meter.isUnavailable = false
  clock.advance(300)
  expect((await read(pod, `/posts/${post.slug}`)).headers.get('age')).toBeNull()
})

it('without Postgres does not return a post as it was before a change', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const { meter, metered } = createMeter(database)
  const pod = await createPod({ database: metered, redis: tracked })
  await read(pod, `/posts/${post.slug}`)
  await idle()
  await change(ada, post.slug, '*', { status: 'draft' })
  clock.advance(300)
  meter.isUnavailable = true
  expect((await read(pod, `/posts/${post.slug}`)).status).toBe(503)
})

it.each(['unavailable', 'slow'] as const)(
  'returns current posts while Redis is %s and after it is back',
  async trouble => {
    const ada = await createAccount('ada')
    const post = await write(ada)
    const { state, switched, executeLate } = createSwitch(tracked)
    const [writer, reader] = [await createPod({ redis: switched }), await createPod({ redis: tracked })]
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
    await idle()

    state.redis = trouble
    await edit('While it was in trouble')
    expect((await read(writer, path)).text).toContain('While it was in trouble')
    expect((await read(writer, path, ada.authorization)).text).toContain('While it was in trouble')
    clock.advance(1_000)
    expect((await read(reader, path)).text).toContain('While it was in trouble')

    await edit('Just before it came back')
    state.redis = 'available'
    await executeLate()
    expect((await read(writer, path, ada.authorization)).text).toContain('Just before it came back')
    clock.advance(1_000)
    for (const pod of [writer, reader])
      expect((await read(pod, path)).text).toContain('Just before it came back')
    await edit('And after')
    for (const pod of [writer, reader])
      expect((await read(pod, path, ada.authorization)).text).toContain('And after')
  },
)

it('refills an emptied Redis without anything outdated', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const path = `/posts/${post.slug}`
  await read(await createPod(), path)
  await change(ada, post.slug, '*', { title: 'Before' })
  await redisOwner.attempt(commands => commands.flushdb())
  expect((await read(await createPod(), path)).text).toContain('Before')
  await change(ada, post.slug, '*', { title: 'After' })
  expect((await read(await createPod(), path)).text).toContain('After')
  await vi.waitFor(async () => {
    const keys = await redisOwner.attempt(commands => commands.keys('iod:cache:posts:*'))
    expect(keys?.length).toBeGreaterThan(0)
  }, 10_000)
})
