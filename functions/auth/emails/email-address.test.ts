import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { anyCharacter } from '../../shared/testing/characters.ts'
import { Email, emailKey, mailboxKey } from './email-address.ts'

const parse = (text: string) => v.safeParse(Email, text)
const label63 = 'd'.repeat(63)

describe('an email address', () => {
  it.each([
    "o'brien@example.com",
    'ada+lists@example.com',
    "!#$%&'*+/=?^_`{|}~-@example.com",
    'a.b.c@example.com',
    '_@example.com',
    '1@1.example.com',
    'ada@xn--mnchen-3ya.de',
    'ada@example.xn--p1ai',
    'ada@a--b.example.com',
    `${'l'.repeat(64)}@example.com`,
    `ada@${label63}.${label63}.${label63}.${'d'.repeat(54)}.com`,
  ])('accepts %s', text => {
    expect(parse(text)).toMatchObject({ success: true, output: text })
  })

  it.each([
    ['Ada@Bücher.example', 'Ada@xn--bcher-kva.example'],
    ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    [' ａｄａ＠example.com ', 'ada@example.com'],
  ])('normalises %s to %s', (text, written) => {
    expect(parse(text).output).toBe(written)
    expect(parse(written).output).toBe(written)
  })

  it.each([
    ['nothing', ''],
    ['no @', 'ada.example.com'],
    ['nothing before the @', '@example.com'],
    ['nothing after the @', 'ada@'],
    ['two @', 'ada@b@example.com'],
    ['a leading dot', '.ada@example.com'],
    ['a trailing dot', 'ada.@example.com'],
    ['two consecutive dots', 'a..b@example.com'],
    ['65 characters before the @', `${'l'.repeat(65)}@example.com`],
    ['255 characters', `ada@${label63}.${label63}.${label63}.${'d'.repeat(55)}.com`],
    ['a domain of one label', 'ada@localhost'],
    ['an IP address', 'ada@127.0.0.1'],
    ['brackets', 'ada@[127.0.0.1]'],
    ['a label of 64', `ada@${label63}d.com`],
    ['a label that begins with -', 'ada@-b.com'],
    ['a label that ends with -', 'ada@b-.com'],
    ['an empty label', 'ada@b..com'],
    ['a trailing dot in the domain', 'ada@b.com.'],
    ['_ in a domain', 'ada@a_b.com'],
    ['a path after an international name', 'ada@bücher.example/x.com'],
    ['a port after an international name', 'ada@bücher.example:25'],
    ['letters beyond ASCII before the @', 'ädä@example.com'],
    ['quotes', '"ada b"@example.com'],
    ['a comment', 'ada(x)@example.com'],
    ['two addresses', 'ada@example.com,eve@example.com'],
    ['a name with brackets', 'Ada <ada@example.com>'],
    ['a space', 'a da@example.com'],
    ['another header', 'ada@example.com\r\nBcc: eve@example.com'],
    ['another header before the @', 'ada\r\nBcc:@example.com'],
  ])('rejects %s', (_, text) => {
    expect(parse(text).success).toBe(false)
  })

  it('has one normal form, in ASCII and within the limits, for any input', () => {
    const piece = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom('.', '@', '-', 'xn--', 'a', 'ü', '。', '+'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const parsed = parse(pieces.join(''))
        emailKey(pieces.join(''))
        mailboxKey(pieces.join(''))
        if (!parsed.success) return
        expect(parsed.output).toMatch(/^[!-~]{3,254}$/)
        expect(parse(parsed.output).output).toBe(parsed.output)
        expect(emailKey(parsed.output)).toBe(emailKey(pieces.join('')))
      }),
      { numRuns: 300 },
    )
  })

  it('is parsed in linear time', () => {
    const startMs = performance.now()
    for (const text of ['a.', '-', '@', 'xn--', 'ü', 'a-', '.ü', '+'].map(part =>
      part.repeat(60_000 / part.length),
    )) {
      for (const hostile of [text, `${text}@${text}`, `a@${text}`, `a@${text}!`]) {
        expect(parse(hostile).success).toBe(false)
        emailKey(hostile)
        mailboxKey(hostile)
      }
    }
    expect(performance.now() - startMs).toBeLessThan(1_000)
  })
})

it.each([
  ['Ada@Example.com', 'ada@example.com'],
  ['ada+one@example.com', 'ada+@example.com'],
  ['ada+two+three@example.com', 'ada+@example.com'],
  ['a.d.a@gmail.com', 'ada@gmail.com'],
  ['a.da+x@GoogleMail.com', 'ada+@gmail.com'],
  ['a.d.a@example.com', 'a.d.a@example.com'],
])('emails to %s count towards the budget of %s', (address, key) => {
  expect(mailboxKey(address)).toBe(key)
})
