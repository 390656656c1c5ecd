import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findExcess } from './json-limits.ts'

const excessOf = (json: string) => findExcess(Buffer.from(json))

test('finds no excess in the JSON of an ordinary value, whatever its texts are', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), value => excessOf(JSON.stringify(value)) === undefined),
  )
  expect(excessOf(JSON.stringify({ a: '\\"[{,日'.repeat(1_000) }))).toBeUndefined()
})

test.each([
  ['200 values', `[${'0,'.repeat(198)}0]`, undefined],
  ['201 values', `[${'0,'.repeat(199)}0]`, /200 values/],
  ['200 objects', `[${'{},'.repeat(199)}{}]`, /200 values/],
  ['16 levels', `${'['.repeat(16)}${']'.repeat(16)}`, undefined],
  ['17 levels', `${'{"a":'.repeat(17)}0`, /16 levels/],
  ['levels after a text that ends in a backslash', `["\\\\",${'['.repeat(16)}`, /16 levels/],
])('counts %s', (_, json, excess) => {
  if (excess === undefined) expect(excessOf(json)).toBeUndefined()
  else expect(excessOf(json)).toMatch(excess)
})
