import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCostTable } from '../shared/testing/cost-table.ts'
import { largestAccountWrites } from './test-largest-account-writes.ts'
import { appOf, largestPostWrites } from './test-largest-post-writes.ts'
import { largestProfileWrites } from './test-largest-profile-writes.ts'
import { auth, type Write } from './test-largest-users.ts'

/** The largest inputs that succeed, of every operation that writes: none holds up the requests of others. */
const largest = { ...largestAccountWrites, ...largestProfileWrites, ...largestPostWrites }
const hold = createCostTable(auth.owner)

const { paths } = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'))
const documented = Object.entries<Record<string, unknown>>(paths).flatMap(([path, methods]) =>
  Object.keys(methods)
    .filter(method => method !== 'get')
    .map(method => `${method.toUpperCase()} ${path}`),
)

test('every operation of the document that writes has its largest inputs here, and no other', () => {
  expect(Object.keys(largest).sort()).toEqual(documented.sort())
})

async function send(method: string, { path, token, body, headers }: Write): Promise<number> {
  const response = await appOf(path.replace(/\?.*/, '')).request(path, {
    method,
    headers: {
      'x-forwarded-for': '198.51.100.7',
      'user-agent': 'Ã©'.repeat(2_000),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.status, `${method} ${path} ${text.slice(0, 300)}`).toBeLessThan(300)
  return Buffer.byteLength(text)
}

describe.each(Object.entries(largest))('%s', (name, writes) => {
  const [method = ''] = name.split(' ')
  test.each(Object.entries(writes))('%s: succeeds at a bounded cost', async (kind, prepareWrite) => {
    const prepare = async () => {
      const write = await prepareWrite()
      return () => send(method, write)
    }
    await hold({ name: `${name}: ${kind}`, what: kind, prepare })
  })
})

/** Of the posts that the writes above have left, and the longest page of each kind. */
const reads = [
  '/posts',
  '/posts?limit=100&fields=html,body',
  '/posts?q=zebra&limit=100',
  '/posts?q=a+w1+w2',
  '/posts/atom.xml',
]
test.each(reads)('GET %s: succeeds at a bounded cost', async path => {
  await hold({ name: `GET ${path}`, what: path, prepare: async () => () => send('GET', { path }) })
})

test('GET /posts/{slug}: the longest succeed at a bounded cost', async () => {
  const slugs = await auth.owner.query<{ slug: string }>({
    name: 'longest_posts',
    text: 'select slug from posts.posts where is_counted order by octet_length(html) desc limit 5',
  })
  expect(slugs).toHaveLength(5)
  for (const { slug } of slugs) {
    const path = `/posts/${slug}`
    await hold({ name: 'GET /posts/{slug}', what: path, prepare: async () => () => send('GET', { path }) })
  }
})
