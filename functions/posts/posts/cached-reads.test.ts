import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRecentAnswers } from '../../shared/http/recent-answers.ts'
import { holdFetchToContract } from '../../shared/testing/contract.ts'
import { createTestApp } from '../test-app.ts'
import { createMeter, read, settled } from '../test-outages.ts'

const { database, log, owner, ask, createAccount, createPod, write, change } = await createTestApp()

/** Half a second of freshness can pass by itself on a machine that is busy with something else. */
const it = (name: string, run: () => Promise<void>) => test(name, { retry: 2 }, run)

it('every read route is one statement, and none while its answer is kept', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada, { tags: ['meter'] })
  const { meter, metered } = createMeter(database)
  const pod = createPod({ database: metered })
  await read(pod, '/posts', ada.authorization)
  const kept = [
    ...[
      `/posts/${post.slug}`,
      '/posts?limit=3',
      '/posts?tag=meter',
      `/posts?author=${ada.username}&total=true`,
    ],
    ...['/posts?q=title', '/posts?order=favorites', '/posts/tags', '/posts/atom.xml'],
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

it('a search for a mistyped word is three statements: what was asked, what it is like, and that', async () => {
  await write(await createAccount(), { title: 'Archipelago' })
  const { meter, metered } = createMeter(database)
  const found = await read(createPod({ database: metered }), '/posts?q=archipelgo')
  expect(JSON.parse(found.text)).toMatchObject({ items: [{ title: 'Archipelago' }] })
  expect(meter.statements).toBe(3)
})

it('304 does not touch Postgres', async () => {
  const { slug } = await write(await createAccount())
  const { meter, metered } = createMeter(database)
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

it('200 readers at once, of what is not kept, cost one statement in each pod', async () => {
  const { slug } = await write(await createAccount())
  for (const path of [`/posts/${slug}`, '/posts?limit=7', '/posts/tags?limit=7']) {
    const { meter, metered } = createMeter(database)
    const pod = createPod({ database: metered })
    const answers = await Promise.all(Array.from({ length: 200 }, () => read(pod, path)))
    expect([...new Set(answers.map(answer => answer.status))]).toEqual([200])
    expect([path, meter.statements]).toEqual([path, 1])
  }
})

it('a write is in the next read of its author, on whatever pod, and in everyone’s within a second', async () => {
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

it('what a pod has shown it shows again, until something changes in it', async () => {
  const ada = await createAccount('ada')
  const post = await write(ada)
  const recent = createRecentAnswers(log)
  const pod = createPod({}, recent)
  const fetch = holdFetchToContract(recent.before(pod.fetch))
  const show = async (path: string) => {
    // Only what recent-answers.ts reads of an incoming message.
    const incoming = { method: 'GET', url: path, headers: {} } as never
    return (await fetch(new Request(`http://api.test${path}`), { incoming })).text()
  }
  const paths = [`/posts/${post.slug}`, `/posts?author=${ada.username}`]
  for (const path of paths) await show(path)
  await owner.query(setTitle, [post.id])
  for (const path of paths) expect(await show(path)).not.toContain('Behind the back')

  const headers = { ...ada.authorization, 'if-match': '*', 'content-type': 'application/json' }
  const body = JSON.stringify({ title: 'In front of all' })
  expect((await pod.request(`/posts/${post.slug}`, { method: 'PATCH', headers, body })).status).toBe(200)
  for (const path of paths) expect(await show(path)).toContain('In front of all')
})

it('what was written behind everyone’s back is there within a second', async () => {
  const post = await write(await createAccount())
  await read(createPod(), `/posts/${post.slug}`)
  await settled()
  await owner.query(setTitle, [post.id])
  await sleep(1_000)
  expect((await read(createPod(), `/posts/${post.slug}`)).text).toContain('Behind the back')
})

const setTitle = {
  name: 'set_title',
  text: `update posts.posts set title = 'Behind the back' where id = $1::uuid`,
}
