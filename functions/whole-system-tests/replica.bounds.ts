import { randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { renderCounters } from '../shared/metrics.ts'
import { openDatabase } from '../shared/postgres/database.ts'
import { createReplicaReads } from '../shared/postgres/replica-reads.ts'
import type { TestClient } from '../shared/testing/test-client.ts'
import {
  author,
  create,
  createPod,
  late,
  log,
  primary,
  prompt,
  send,
  textOf,
  urlAt,
  username,
} from './test-replicas.ts'

const countOf = (result: string) =>
  Number(
    new RegExp(`iod_replica_reads_total\\{result="${result}"\\} (\\d+)`).exec(renderCounters())?.[1] ?? 0,
  )

/** Reads for longer than a second after a write: at first the old text may come, then the new one, and never again the old. */
async function expectWithinASecond(
  pod: TestClient,
  path: string,
  isNew: (text: string) => boolean,
  writtenMs: number,
) {
  let wasNew = false
  for (let startMs = performance.now(); startMs < writtenMs + 1_200; startMs = performance.now()) {
    const isNewNow = isNew(await textOf(pod, path))
    if (wasNew || startMs >= writtenMs + 1_000) expect([path, isNewNow]).toEqual([path, true])
    wasNew ||= isNewNow
    await new Promise(setImmediate)
  }
}

describe.each([
  ['with Redis', true],
  ['without Redis', false],
])('a replica that is 5 s late, %s', (_, withRedis) => {
  test.each(['the pod of the write', 'another pod'])(
    'shows nothing old to its author, nor to others after a second: %s',
    async who => {
      const writer = await createPod({ replicaPort: late.port, withRedis })
      const reader = who === 'another pod' ? await createPod({ replicaPort: late.port, withRedis }) : writer
      const title = `t${randomUUID().slice(0, 8)}`
      const slug = await create(writer, title)
      const paths = [
        `/posts/${slug}`,
        '/posts?limit=5',
        `/posts?tag=tag-${title}`,
        `/posts?q=${title}`,
        '/posts/atom.xml',
      ]
      const all = async (expected: (text: string) => boolean) => {
        const writtenMs = performance.now()
        // Another pod's copies, of up to 0.25 s, are not asked for with a token.
        for (const path of paths)
          expect([path, expected(await textOf(reader, path, author))]).toEqual([path, true])
        await Promise.all(paths.map(path => expectWithinASecond(reader, path, expected, writtenMs)))
      }
      await all(text => text.startsWith('200') && text.includes(title))
      await send(writer, 'PATCH', `/posts/${slug}`, { title: `${title} changed` })
      await all(text => text.includes(`${title} changed`))
      await send(writer, 'DELETE', `/posts/${slug}`)
      await all(text => !text.includes(`${title} changed`))
    },
    20_000,
  )

  test('would show the old text if it were believed', async () => {
    const pod = await createPod({ replicaPort: late.port, withRedis })
    const title = `t${randomUUID().slice(0, 8)}`
    const count = { name: '', text: `select count(*)::int as n from posts.posts where title = '${title}'` }
    await create(pod, title)
    const replica = await openDatabase({ url: urlAt(late.port), poolSize: 1, log })
    const database = await openDatabase({ url: urlAt(primary.port), poolSize: 1, log })
    try {
      expect(await replica.query(count)).toEqual([{ n: 0 }])
      expect(await createReplicaReads({ primary: database, replica }).query(count)).toEqual([{ n: 1 }])
    } finally {
      await replica.close()
      await database.close()
    }
  })
})

describe('a replica that keeps up', () => {
  test('answers readers without a token, and nobody else', async () => {
    const pod = await createPod({ replicaPort: prompt.port, withRedis: false })
    const slug = await create(pod, `t${randomUUID().slice(0, 8)}`)
    const day = new Date().toISOString().slice(0, 10)
    const paths = [
      `/posts/${slug}`,
      `/posts?author=${username}`,
      '/posts/tags',
      '/posts/atom.xml',
      '/posts/sitemap.xml',
      `/posts/sitemap.xml?day=${day}`,
    ]
    for (const path of paths) {
      // It may be a few milliseconds behind at first, and then rests for a second.
      await vi.waitFor(async () => {
        const before = countOf('replica')
        expect(await textOf(pod, path)).toMatch(/^200/)
        expect(countOf('replica')).toBeGreaterThan(before)
      }, 5_000)
    }
    const before = countOf('replica') + countOf('primary')
    await send(pod, 'PATCH', `/posts/${slug}`, { title: 'Changed' })
    for (const path of [`/posts/${slug}`, `/posts?author=${username}`, '/posts?state=any'])
      expect(await textOf(pod, path, author)).toMatch(/^200/)
    expect(countOf('replica') + countOf('primary')).toBe(before)
  }, 20_000)

  test('is done without when it is unreachable', async () => {
    const pod = await createPod({ replicaPort: prompt.port, withRedis: false })
    await prompt.stop()
    const startMs = performance.now()
    expect(await textOf(pod, '/posts?limit=7')).toMatch(/^200/)
    expect(performance.now() - startMs).toBeLessThan(2_000)
    expect(await textOf(pod, '/posts?limit=8')).toMatch(/^200/)
  })
})
