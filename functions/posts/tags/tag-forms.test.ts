import { assert, property, string } from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { anyCharacter } from '../../shared/testing/characters.ts'
import { Tag } from '../posts/schemas.ts'
import { createTestApp } from '../test-app.ts'

const { createAccount, page, write } = await createTestApp()

test.each([
  ['can\u200cnot', 'cannot'],
  ['can\u200dnot', 'cannot'],
  ['can\u00adnot', 'cannot'],
  ['cafe\u034f\u0301', 'café'],
  ['go\ufe0f', 'go'],
  ['\u{e0100}go', 'go'],
  ['go\u3164', 'go'],
  ['\uff27\uff2f', 'go'],
  ['İstanbul', 'istanbul'],
])('%j is the tag %j', async (written, tag) => {
  const ada = await createAccount('ada')
  const { slug, tags } = await write(ada, { tags: [written, tag] })
  expect(tags).toEqual([tag])
  for (const asked of [written, tag]) {
    const { items } = await page(`/posts?tag=${encodeURIComponent(asked)}&author=${ada.username}`)
    expect(items.map(item => item.slug)).toEqual([slug])
  }
})

test('what a tag is stored as is the same tag', () => {
  assert(
    property(string({ unit: anyCharacter, maxLength: 5 }), text => {
      const { success, output } = v.safeParse(Tag, text)
      if (success) expect(v.parse(Tag, output)).toBe(output)
    }),
    { numRuns: 20_000 },
  )
})
