import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { anyCharacter } from './testing/characters.ts'
import { line, markdown, text } from './text.ts'
import { CalendarDate, DateTime } from './time.ts'

const accepts = (schema: v.GenericSchema, value: string) => v.safeParse(schema, value).success
const kinds = { line: line(80), text: text(500), markdown: markdown(1_000) }

describe.each(Object.entries(kinds))('%s', (_, schema) => {
  test.each([
    ['nothing', ''],
    ['spaces', ' \u00a0\u3000'],
    ['a zero-width space', '\u200b'],
    ['joiners alone', '\u200d\u200c\u2060'],
    ['Hangul fillers', '\u115f\u3164\uffa0'],
    ['an empty Braille cell', '\u2800'],
    ['a null notehead', '\u{1d159}'],
    ['blank hieroglyphs', '\u{13441}\u{13442}'],
    ['a variation selector', '\ufe0f'],
    ['a soft hyphen', '\u00ad'],
    ['tags of plane 14', '\u{e0041}'],
    ['marks without a letter', '\u0301\u0302'],
    ['the byte order mark', '\ufeff'],
    ['U+FFFF', 'a\uffff'],
    ['U+FFFE', 'a\ufffe'],
    ['a noncharacter of plane 1', 'a\u{1fffe}'],
    ['a noncharacter of Arabic forms', 'a\ufdd0'],
    ['half of a surrogate pair', 'a\ud800'],
    ['NUL', 'a\u0000'],
    ['a form feed', 'a\fb'],
    ['a C1 control', 'a\u0085'],
    ['an override of direction', 'a\u202e'],
    ['an isolate', 'a\u2066'],
    ['a line separator', 'a\u2028b'],
  ])('refuses %s', (_, value) => {
    expect(accepts(schema, value)).toBe(false)
  })

  test.each([
    ['a family', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
    ['a heart in colour', '\u2764\ufe0f'],
    ['Persian', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['Devanagari', '\u0915\u094d\u200d\u0937'],
    ['Thai', '\u0e20\u0e32\u0e29\u0e32'],
    ['an accent of its own', 'e\u0301'],
    ['one letter', 'a'],
    ['a sign', '!'],
  ])('takes %s', (_, value) => {
    expect(accepts(schema, value)).toBe(true)
  })

  test('what it has taken it takes again, unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 70 }), value => {
        const once = v.safeParse(schema, value)
        if (once.success) expect(v.parse(schema, once.output)).toBe(once.output)
      }),
    )
  })
})

test.each([
  '2027-02-28T10:00:00Z',
  '2028-02-29T23:59:59.999+14:00',
  '1970-01-02T00:00:00-12:00',
  '2026-12-31t23:59:59z',
])('%s is a time', value => {
  expect(accepts(DateTime, value)).toBe(true)
})

test.each([
  '2027-02-30T10:00:00Z',
  '2027-02-29T10:00:00Z',
  '2027-04-31T10:00:00Z',
  '2027-13-01T10:00:00Z',
  '2027-00-10T10:00:00Z',
  '2027-01-00T10:00:00Z',
  '2027-01-01T24:00:00Z',
  '2027-01-01T10:60:00Z',
  '2016-12-31T23:59:60Z',
  '2027-01-01T10:00:00+24:00',
  '2027-01-01T10:00:00+10:60',
  '2027-01-01T10:00:00',
  '2027-01-01 10:00:00Z',
  '2027-01-01',
  '1969-12-31T23:59:59Z',
  '2200-01-01T00:00:00Z',
  '+12027-01-01T00:00:00Z',
  '2027-01-01T10:00Z',
])('%s is none', value => {
  expect(accepts(DateTime, value)).toBe(false)
})

test('days are those of the calendar', () => {
  for (const day of ['2026-11-23', '2028-02-29']) expect(accepts(CalendarDate, day)).toBe(true)
  for (const day of [
    '2026-02-29',
    '2026-02-30',
    '2026-00-01',
    '2026-1-1',
    '2026-11-23T00:00:00Z',
    '0000-01-01',
  ])
    expect(accepts(CalendarDate, day)).toBe(false)
})
