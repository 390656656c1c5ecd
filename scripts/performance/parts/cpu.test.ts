import { expect, test } from 'vitest'
import { hasTimeForBlock, selectRoutes } from './cpu.ts'

test.each([
  ['three blocks are needed, however long they take', 2, 400_000, true],
  ['a fourth that would end within the budget begins', 3, 150_000, true],
  ['one that would end later does not', 3, 200_000, false],
  ['a quick machine measures five', 4, 60_000, true],
  ['and no more', 5, 60_000, false],
])('%s', (_what, blocks, elapsedMs, expected) => {
  expect(hasTimeForBlock(blocks, elapsedMs)).toBe(expected)
})

test('a route that does not exist is refused, since a guard without routes would pass', () => {
  const routes = [{ name: 'search' }, { name: 'publish a post' }]
  expect(selectRoutes(routes, undefined)).toEqual(routes)
  expect(selectRoutes(routes, 'publish a post')).toEqual([{ name: 'publish a post' }])
  expect(() => selectRoutes(routes, 'search;publish')).toThrow('there is no route publish to measure')
})
