import { describe, expect, test } from 'vitest'
import { ScriptedCluster } from './test-cluster.ts'

const image = (tag: number) => `ghcr.io/owner/iod-posts:${tag}`
const [first, second] = ['posts-00001', 'posts-00002']
const options = { IMAGE: image(2), PERCENT: '10', WATCH_SECONDS: '1' }

const halves = [
  { revisionName: first, percent: 50 },
  { revisionName: second, percent: 50 },
] as const

/** Calls `change` when the canary gives its revision half of the requests. */
function atHalf(cluster: ScriptedCluster, change: () => void): void {
  let isDone = false
  cluster.onCall = ({ args }) => {
    if (isDone || !args.includes('patch') || !args.some(word => word.includes('"percent":50'))) return
    isDone = true
    // After this call.
    setImmediate(change)
  }
}

describe.concurrent('a canary', { timeout: 120_000 }, () => {
  test('creates a revision without requests, then gives it 10, 50 and 100 % of them', async () => {
    await using cluster = new ScriptedCluster(image(1))
    const { code, text } = await cluster.run('canary', options)
    expect(code, text).toBe(0)
    expect(cluster.changes).toEqual([
      `${second}: ${image(2)}`,
      `100 % ${first}`,
      `90 % ${first}, 10 % ${second}`,
      `50 % ${first}, 50 % ${second}`,
      `100 % ${second}`,
      '100 % latest',
    ])
  })

  test('waits for as long as it watches a good revision, when that is longer than its patience with few requests', async () => {
    await using cluster = new ScriptedCluster(image(1))
    const times = { PERCENT: '99', WATCH_SECONDS: '3', PATIENCE_SECONDS: '3' }
    const { code, text } = await cluster.run('canary', { ...options, ...times })
    expect(code, text).toBe(0)
    expect(cluster.shares).toEqual({ [second]: 100 })
  })

  test('goes back when the new revision fails requests, and says so on the revision', async () => {
    await using cluster = new ScriptedCluster(image(1))
    cluster.rates.set(second, { count: 200, failed: 100 })
    const { code, text } = await cluster.run('canary', options)
    expect(code).toBe(1)
    expect(text).toContain(`back: ${first} receives all requests, because`)
    expect(cluster.shares).toEqual({ [first]: 100 })
    expect(cluster.revisions.get(second)?.rejectedBecause).toContain('requests failed')
  })

  test('goes back when the new revision is no longer ready', async () => {
    await using cluster = new ScriptedCluster(image(1))
    cluster.rates.set(second, { count: 200, failed: 100 })
    cluster.addRevision(image(2))
    cluster.route(...halves)
    const revision = cluster.revisions.get(second)
    cluster.onCall = ({ args }) => {
      if (revision && args.some(word => word.includes('"percent":100'))) revision.isReady = false
    }
    const { text } = await cluster.run('canary', options)
    expect(text).toContain(`back: ${first} receives all requests`)
    expect(cluster.revisions.get(second)?.rejectedBecause).toContain('requests failed')
  })

  test('goes back when it can no longer see the requests', async () => {
    await using cluster = new ScriptedCluster(image(1))
    atHalf(cluster, () => {
      cluster.hasPods = false
    })
    const { code, text } = await cluster.run('canary', options)
    expect(code).toBe(1)
    expect(text).toContain('the requests can no longer be counted')
    expect(cluster.shares).toEqual({ [first]: 100 })
  })

  test('of an image that never becomes ready leaves the requests, and the next canary is not refused', async () => {
    await using cluster = new ScriptedCluster(image(1))
    cluster.brokenImages.add(image(2))
    const broken = await cluster.run('canary', options)
    expect(broken.code).toBe(1)
    expect(broken.text).toContain('Revision failed: no image')
    expect(cluster.shares).toEqual({ [first]: 100 })

    const mended = await cluster.run('canary', { ...options, IMAGE: image(3) })
    expect(mended.code, mended.text).toBe(0)
    expect(cluster.shares).toEqual({ 'posts-00003': 100 })
  })

  test('continues at its share when it was stopped', async () => {
    await using cluster = new ScriptedCluster(image(1), image(2))
    cluster.route(...halves)
    const { code, text } = await cluster.run('canary', options)
    expect(text).toContain(`continue with ${second}`)
    expect(code, text).toBe(0)
    expect(cluster.changes[0]).toBe(`50 % ${first}, 50 % ${second}`)
    expect(cluster.shares).toEqual({ [second]: 100 })
  })

  test.each([
    ['a rollback', (cluster: ScriptedCluster) => cluster.route({ revisionName: first, percent: 100 })],
    [
      'a deployment',
      (cluster: ScriptedCluster) => {
        cluster.addRevision(image(3))
        cluster.route({ latestRevision: true, percent: 100 })
      },
    ],
    // It has no requests yet, so the shares are those of the first.
    ['another canary', (cluster: ScriptedCluster) => void cluster.addRevision(image(3))],
  ])('ends, and changes nothing more, when %s comes between its steps', async (_what, change) => {
    await using cluster = new ScriptedCluster(image(1))
    let after: object = {}
    atHalf(cluster, () => {
      change(cluster)
      after = cluster.shares
    })
    const { code, text } = await cluster.run('canary', options)
    expect(code).toBe(1)
    expect(text).toContain('another command has changed posts')
    expect(cluster.shares).toEqual(after)
  })

  test.each([`${image(2)}@sha256:${'a'.repeat(64)}`, `ghcr.io/owner/iod-posts@sha256:${'a'.repeat(64)}`])(
    'asks for the migrations of %s, whose digest is not theirs',
    async IMAGE => {
      await using cluster = new ScriptedCluster(image(1))
      const { text } = await cluster.run('canary', { ...options, IMAGE })
      expect(text).toContain('so name the image of its migrations too: MIGRATE_IMAGE=…')
      expect(cluster.changes).toEqual([])
    },
  )

  test('checks the schema with a Job of its own', async () => {
    await using cluster = new ScriptedCluster(image(1))
    const jobs: string[] = []
    cluster.onCall = ({ args, input }) => {
      if (args[0] === 'apply') jobs.push(/name: (schema-check\S*)/.exec(input)?.[1] ?? '')
    }
    await Promise.all([cluster.run('canary', options), cluster.run('canary', options)])
    expect(jobs).toHaveLength(2)
    expect(new Set(jobs).size).toBe(2)
  })
})
