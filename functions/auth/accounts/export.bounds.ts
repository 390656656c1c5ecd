import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, expect, test } from 'vitest'
import { minUuid } from '../../shared/ids.ts'
import { accountLimits } from '../limits.ts'
import { createTestApp } from '../test-app.ts'
import { exportLists } from './export-queries.ts'

const { call, register, owner } = await createTestApp()
const posts = 100
const user = await register()
/** An account has one export at a time. */
const users = [user, await register(), await register(), await register()]

const insertPosts = {
  name: 'insert_long_posts',
  timeoutMs: 60_000,
  text: `with texts as materialized (select repeat('"日本" ', 20000) as body)
    insert into posts.posts (author_id, slug, state, title, excerpt, body, html, reading_minutes, published_at)
    select $1::uuid, 'long-' || n || '-' || $2::text, 'published', 'Long', '', body, '', 1, now()
    from texts, generate_series(1, ${posts}) n`,
}

beforeAll(async () => {
  for (const { user } of users) await owner.query(insertPosts, [user.id, user.username.toLowerCase()])
}, 120_000)

test('four concurrent exports of long posts are complete and need little memory', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  /** Live memory, without garbage that is not collected yet. */
  const held = () => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, held())
  }, 50)
  const lengths = await Promise.all(
    users.map(async ({ accessToken }) => {
      const { body } = await call('GET', '/auth/account/export', { token: accessToken })
      let length = 0
      for await (const piece of body ?? []) length += piece.byteLength
      return length
    }),
  )
  clearInterval(timer)
  for (const length of lengths) expect(length).toBeGreaterThan(posts * 200_000)
  expect(peak - before).toBeLessThan(100 * 1_048_576)
})

interface PlanNode {
  readonly Output?: readonly string[]
  readonly 'Actual Rows': number
  readonly Plans?: readonly PlanNode[]
}

test('a page makes the JSON of its own rows only, even where Postgres sorts all of the account', async () => {
  const { statement, pageSize } = exportLists.find(({ name }) => name === 'posts') ?? {}
  const plan = await owner.transaction(async tx => {
    for (const kind of ['indexscan', 'indexonlyscan', 'bitmapscan'])
      await tx.query({ name: '', text: `set local enable_${kind} = off` })
    const text = `explain (analyze, verbose, format json) ${statement?.text}`
    const explain = { name: '', timeoutMs: 60_000, text }
    const rows = await tx.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(explain, [
      user.user.id,
      minUuid,
      pageSize,
    ])
    return rows[0]?.['QUERY PLAN'][0]?.Plan
  })
  const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
  const making = (plan === undefined ? [] : nodesOf(plan)).filter(({ Output = [] }) =>
    Output.some(one => one.includes('jsonb_build_object')),
  )
  expect(making.map(node => node['Actual Rows'])).toEqual(making.map(() => pageSize))
  expect(making).not.toEqual([])
})

test('an account can be exported ten times an hour', async () => {
  let answer = await call('HEAD', '/auth/account/export', { token: user.accessToken })
  // A new window may begin during the test.
  for (let n = 0; n < 2 * accountLimits['export-account'].limit && answer.status !== 429; n += 1) {
    answer = await call('HEAD', '/auth/account/export', { token: user.accessToken })
  }
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})
