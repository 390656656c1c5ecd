import { expect, test } from 'vitest'
import { findMatch } from './entity-tag.ts'

test.each([
  ['"tag"', '"tag"'],
  ['W/"tag"', '"tag"'],
  ['*', '"tag"'],
  [' "a" ,, W/"b",\t"tag+gzip" ', '"tag+gzip"'],
  ['"a,b", "tag"', '"tag"'],
  ['"a,*,b"', undefined],
  ['"a, "tag"', undefined],
  ['"a,W/', undefined],
  ['tag', undefined],
  ['"TAG"', undefined],
  ['w/"tag"', undefined],
  [',', undefined],
  ['', undefined],
])('If-None-Match: %s', (header, match) => {
  expect(findMatch(header, '"tag"')).toBe(match)
})
