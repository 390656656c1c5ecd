import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { afterAll, expect, test } from 'vitest'
import { DomainError } from '../../shared/domain-error.ts'
import { AccountIdSchema, SessionIdSchema } from '../../shared/ids.ts'
import { createTestDatabase } from '../../shared/testing/database.ts'
import { buildSearch } from '../search/search-statement.ts'
import { connectExplainer } from '../test-plans.ts'
import { cursorScope, type PostList, toPostList } from './list-posts.ts'
import type { Built } from './list-statement.ts'
import { buildList } from './list-statement.ts'
import { ListQuery } from './schemas.ts'

const { ownerUrl } = await createTestDatabase()
const { client, explain } = await connectExplainer(ownerUrl)
afterAll(() => client.end())

const values = {
  tag: 'sea',
  author: 'ada',
  favoritedBy: 'bob',
  language: 'fr',
  from: '2026-01-01T00:00:00Z',
  to: '2026-02-01T00:00:00Z',
  state: 'published',
  q: 'seals',
}
const orders = [undefined, 'newest', 'oldest', 'favorites']
const actor = {
  accountId: v.parse(AccountIdSchema, randomUUID()),
  sessionId: v.parse(SessionIdSchema, randomUUID()),
  role: 'user',
} as const

/** Every combination of filters with every order, as query strings. */
const combinations = orders.flatMap(order =>
  Object.entries(values)
    .reduce<readonly (readonly string[])[]>(
      (sets, [name, value]) => sets.flatMap(set => [set, [...set, `${name}=${value}`]]),
      [[]],
    )
    .map(set => (order === undefined ? set : [...set, `order=${order}`]).join('&')),
)

function accepted(combination: string): PostList | string {
  const query = v.parse(ListQuery, Object.fromEntries(new URLSearchParams(combination)))
  try {
    return toPostList(query, actor)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return error.message
  }
}

function statementOf({ search, ...list }: PostList): Built {
  const request = { ...list, limit: 21, after: undefined }
  return search ? buildSearch({ ...request, query: search }) : buildList(request)
}

test('reads every combination of filters and orders from an index in its order, or rejects it', async () => {
  // Postgres scans an empty table unless that is made expensive; without an index it still does.
  await client.query('set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off')
  const allowed: string[] = []
  for (const combination of combinations) {
    const list = accepted(combination)
    if (typeof list === 'string') continue
    allowed.push(combination)
    const { parameters, ...statement } = statementOf(list)
    for (const [name, value] of new URLSearchParams(combination))
      if (!['state', 'order', 'q'].includes(name))
        expect([combination, JSON.stringify(parameters)]).toEqual([
          combination,
          expect.stringContaining(value.replace('Z', '')),
        ])
    const plan = await explain(statement, parameters)
    expect([combination, plan.scanned]).toEqual([combination, []])
    // A search sorts the 200 newest matches and filters what the words have found.
    if (list.search !== undefined) continue
    expect([combination, plan.sorted]).toEqual([combination, false])
    // For favorites, whether each post and the one profile are public is checked by row.
    const filtered = plan.filtered.filter(
      table => !list.filters.favoritedBy || !['posts', ''].includes(table),
    )
    expect([combination, filtered]).toEqual([combination, []])
  }
  expect(allowed).toContain('tag=sea&language=fr&from=2026-01-01T00:00:00Z&order=oldest')
  expect(allowed).toContain('author=ada&language=fr')
  expect(allowed).toContain('tag=sea&language=fr&q=seals')
  expect(allowed).not.toContain('language=fr&order=favorites')
  expect(allowed.length).toBeGreaterThan(80)
  expect(allowed.length).toBeLessThan(combinations.length / 2)
})

test.each([
  ['author=ada&tag=sea', 'posts:newest:{"tag":"sea","author":"*"}:'],
  ['favoritedBy=bob&order=oldest', 'posts:oldest:{"favoritedBy":"*"}:'],
])('a cursor of %s is valid in the revision before, which serves during a rollout', (parameters, scope) => {
  const query = v.parse(ListQuery, Object.fromEntries(new URLSearchParams(parameters)))
  for (const reader of [undefined, actor]) expect(cursorScope(toPostList(query, reader))).toBe(scope)
})
