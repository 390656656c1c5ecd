// The commands that change production, on the real API of the local cluster. They leave what they found: the last one
// deploys the original images again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FunctionService, readService } from '../release/revisions.ts'
import { request } from './api.ts'
import { release, whileClients } from './commands.ts'
import { loadVariants } from './images.ts'

const readPosts = () => readService('posts', 'iod')
const allOf = (revision: string | undefined) => [{ revision, percent: 100 }]

let original: FunctionService
let images: Awaited<ReturnType<typeof loadVariants>>
const originalImage = () => original.revisions[0]?.image ?? ''
const tag = () => originalImage().split(':')[1] ?? ''

beforeAll(async () => {
  original = await readPosts()
  images = await loadVariants(originalImage())
}, 120_000)

/** Clients read posts until the command has finished; failures are the canary's to judge. */
const whileClientsRead = <Result>(finished: Promise<Result>) =>
  whileClients(finished, 4, () => request('GET', '/posts?limit=1').catch(() => undefined))

describe('a deployment is refused before it changes anything', () => {
  afterAll(async () => expect(await readPosts()).toEqual(original))

  test.each([
    ['a missing Secret', { ENVIRONMENT: 'staging', HOST: 'api.example.test' }, 'lacks the Secrets'],
    ['a missing image', { TAG: 'missing' }, 'iod-migrate:missing is not on every node'],
    ['the tag latest', { TAG: 'latest' }, 'needs a tag other than latest'],
  ])('with %s', async (_what, options, refusal) => {
    const { code, text } = await release('deploy', { TAG: tag(), ...options })
    expect(text).toContain('Refused: ')
    expect(text).toContain(refusal)
    expect(code).toBe(1)
  })
})

const canaryOf = (image: string, more = {}) => ({
  FUNCTION: 'posts',
  IMAGE: image,
  PERCENT: '50',
  WATCH_SECONDS: '1',
  // Durations vary on a shared machine; scripts/release/verdict.test.ts tests their rule.
  SLOW_MS: '10000',
  MIGRATE_IMAGE: images.migrate,
  ...more,
})

test('a canary is refused while the database lacks a migration of its image', async () => {
  const { code, text } = await release(
    'canary',
    canaryOf(images.good, { MIGRATE_IMAGE: images.migrateAhead }),
  )
  expect(text).toContain('not applied: migrate/9999-from-the-future')
  expect(code).toBe(1)
  expect(await readPosts()).toEqual(original)
})

test('a canary that fails goes back by itself, and promote refuses its revision', async () => {
  const { code, text } = await whileClientsRead(release('canary', canaryOf(images.broken)))
  expect(text).toContain(`back: ${original.latestReady} receives all requests, because`)
  expect(code).toBe(1)
  const { traffic, revisions } = await readPosts()
  expect(traffic).toEqual(allOf(original.latestReady))
  expect(revisions[0]).toMatchObject({ image: images.broken, isReady: true })
  expect(revisions[0]?.rejectedBecause).toContain('requests failed')

  const promotion = await release('promote', { FUNCTION: 'posts' })
  expect(promotion.text).toContain(`a canary rejected ${revisions[0]?.name}`)
  expect((await readPosts()).traffic).toEqual(traffic)
})

test('a stopped canary excludes others, and continues to the end when it runs again', async () => {
  const endless = canaryOf(images.good, { WATCH_SECONDS: '600' })
  const stopped = await release('canary', endless, '50 % of the requests')
  expect(stopped.text).toContain('The shares stay as they are.')
  expect(stopped.code).toBe(130)
  const { traffic, latestReady } = await readPosts()
  expect(traffic.map(({ percent }) => percent)).toEqual([50, 50])

  const other = await release('canary', canaryOf(images.broken))
  expect(other.text).toContain('Refused: another canary runs')

  const again = await whileClientsRead(release('canary', canaryOf(images.good)))
  expect(again.text).toContain(`continue with ${latestReady}`)
  expect(again.text).toContain(`${latestReady} receives all requests`)
  expect(again.code).toBe(0)
  expect((await readPosts()).traffic).toEqual(allOf(latestReady))
})

test('rollback passes over a rejected revision, and promote returns to the newest', async () => {
  const newest = (await readPosts()).latestReady
  expect((await release('rollback', { FUNCTION: 'posts' })).code).toBe(0)
  expect((await readPosts()).traffic).toEqual(allOf(original.latestReady))
  const history = await release('history', { FUNCTION: 'posts' })
  expect(history.text).toMatch(new RegExp(`${original.latestReady}.* 100 %`))

  expect((await release('promote', { FUNCTION: 'posts' })).code).toBe(0)
  expect((await readPosts()).traffic).toEqual(allOf(newest))
})

test('a stopped deployment continues, and gives its new revision all requests after a rollback', async () => {
  await release('rollback', { FUNCTION: 'posts' })
  const stopped = await release('deploy', { TAG: tag() }, 'database: current')
  expect(stopped.code, stopped.text).toBe(130)

  const again = await release('deploy', { TAG: tag() })
  expect(again.text).not.toContain('FAILED')
  expect(again.code, again.text).toBe(0)
  expect(again.text).toMatch(/auth: auth-\d+, unchanged/)
  const { traffic, revisions } = await readPosts()
  expect(revisions[0]?.image).toBe(originalImage())
  expect(traffic).toEqual(allOf(revisions[0]?.name))
  expect((await request('GET', '/posts?limit=1')).status).toBe(200)
})
