import { expect, test } from 'vitest'
import { findByPath } from './path-router.ts'

const auth = { prefixes: ['/auth'] as const }
const posts = { prefixes: ['/posts', '/docs'] as const }
const authors = { prefixes: ['/authors'] as const }
const post = { prefixes: ['/post'] as const }

test.each([
  ['/auth/login', auth],
  ['/authors/items', authors],
  ['/author', auth],
  ['/posts?limit=1', posts],
  ['/postsabc', posts],
  ['/post/items', post],
  ['/docs', posts],
  ['/', undefined],
])('%s goes to the longest prefix, whatever the order', (path, expected) => {
  const entries = [auth, posts, authors, post]
  expect(findByPath(entries, path)).toBe(expected)
  expect(findByPath(entries.toReversed(), path)).toBe(expected)
})
