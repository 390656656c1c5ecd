import { describe, expect, test } from 'vitest'
import { ScriptedCluster } from './test-cluster.ts'

const image = (tag: number) => `ghcr.io/owner/iod-posts:${tag}`
const [first, second] = ['posts-00001', 'posts-00002']
/** After a canary: the older revision is pinned. */
const pinned = { revisionName: first, percent: 100 }

describe('promote', { timeout: 60_000 }, () => {
  test('gives the newest revision all requests; one that a canary rejected, if it is forced', async () => {
    await using cluster = new ScriptedCluster(image(1), image(2))
    cluster.route(pinned)
    cluster.revisions.set(second, { image: image(2), isReady: true, rejectedBecause: 'requests failed' })
    const { code, text } = await cluster.run('promote', {})
    expect(code).toBe(1)
    expect(text).toContain(`Refused: a canary rejected ${second} because requests failed.`)
    expect(cluster.changes).toEqual([])

    expect((await cluster.run('promote', { FORCE: 'yes' })).code).toBe(0)
    expect(cluster.changes).toEqual(['100 % latest'])
    expect(cluster.shares).toEqual({ [second]: 100 })
  })

  test('refuses a revision that is not ready', async () => {
    await using cluster = new ScriptedCluster(image(1))
    cluster.brokenImages.add(image(2))
    cluster.addRevision(image(2))
    const { code, text } = await cluster.run('promote', {})
    expect(code).toBe(1)
    expect(text).toContain(`Refused: the newest revision of posts, ${second}, is not ready.`)
    expect(cluster.changes).toEqual([])
  })
})

describe('rollback', { timeout: 60_000 }, () => {
  test('gives the previous revision all requests, and again the one before', async () => {
    await using cluster = new ScriptedCluster(image(1), image(2), image(3))
    expect((await cluster.run('rollback', {})).code).toBe(0)
    expect((await cluster.run('rollback', {})).code).toBe(0)
    expect(cluster.changes).toEqual([`100 % ${second}`, `100 % ${first}`])
    const { code, text } = await cluster.run('rollback', {})
    expect(code).toBe(1)
    expect(text).toContain('Refused: posts has no earlier revision to return to')
  })

  test('succeeds while the newest revision cannot start', async () => {
    await using cluster = new ScriptedCluster(image(1), image(2))
    cluster.brokenImages.add(image(3))
    cluster.addRevision(image(3))
    const { code, text } = await cluster.run('rollback', {})
    expect(code, text).toBe(0)
    expect(cluster.shares).toEqual({ [first]: 100 })
  })
})

test('history lists the revisions, their shares, and why a canary rejected one', async () => {
  await using cluster = new ScriptedCluster(image(1), image(2))
  cluster.route(pinned)
  cluster.revisions.set(second, { image: image(2), isReady: true, rejectedBecause: 'requests failed' })
  const { code, text } = await cluster.run('history', {})
  expect(code).toBe(0)
  expect(text).toBe(
    [
      'REVISION     CREATED, UTC         TRAFFIC  READY  IMAGE                      NOTE',
      `${second}  2026-01-01 00:00:00           yes    ${image(2)}  requests failed`,
      `${first}  2026-01-01 00:00:00  100 %    yes    ${image(1)}`,
      '',
    ].join('\n'),
  )
})
