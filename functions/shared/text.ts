import * as v from 'valibot'
import { disruptive } from './disruptive-characters.ts'
import { textUpTo } from './formats.ts'

const tooLong = (limit: number) => `must have at most ${limit} characters`

/** Length as people count it, near enough: code points; no text has more of them than UTF-16 units. */
export const atMost = (limit: number) =>
  v.check<string, string>(text => text.length <= limit || [...text].length <= limit, tooLong(limit))

/** Checked before normalization, which makes one character of four at most, or 18 of one: a megabyte took a second. */
export const notFarOver = (limit: number) =>
  v.check<string, string>(text => text.length <= 4 * limit, tooLong(limit))

/** Any text of so many characters, counted as the contract does: in code points. */
export const upTo = (limit: number) => v.pipe(textUpTo(limit), atMost(limit))

const isOneLine = v.check<string, string>(
  text => !disruptive.test(text),
  'must be one line without control characters',
)

const isText = v.check<string, string>(
  text => !disruptive.test(text.replaceAll(/[\n\t]/g, ' ')),
  'must have no control characters but line breaks and tabs',
)

/**
 * Something that is neither space nor ignorable nor a mark without a letter, nor a sign that is drawn as nothing: the fillers,
 * an empty Braille cell, a null notehead and the blank hieroglyphs.
 */
const visible =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\u2800\u{1d159}\u{13441}\u{13442}]/u

export const hasVisible = (text: string): boolean => visible.test(text)

/** Joiners and variation selectors stay allowed inside of words and emoji; alone they would be a name that shows nothing. */
export const isVisible = v.check<string, (issue: v.CheckIssue<string>) => string>(hasVisible, ({ input }) =>
  input.trim() === '' ? 'must not be empty' : 'must have something that can be seen',
)

const toUnicode = (text: string) => text.replaceAll('\r\n', '\n').normalize('NFC')

/** The contract states the limit as the check does: JSON Schema counts code points too. */
const trimmed = (description: string, maxLength: number) =>
  v.pipe(
    v.string(),
    v.metadata({ description, minLength: 1, maxLength }),
    notFarOver(maxLength),
    v.transform(text => toUnicode(text).trim()),
    isVisible,
  )

/** Text with its white space as it is, which means something in Markdown; NFC. */
export const markdown = (limit: number) =>
  v.pipe(
    v.string(),
    v.metadata({ description: `Markdown, at most ${limit} characters.`, minLength: 1, maxLength: limit }),
    notFarOver(limit),
    v.transform(toUnicode),
    isVisible,
    atMost(limit),
    isText,
  )

/** Bytes of a JSON text that any string of `characters` fits in: two escapes of six bytes are one character at most. */
export const maxJsonBytes = (characters: number): number => 12 * characters

/** One line of text, trimmed, NFC. */
export const line = (limit: number) =>
  v.pipe(trimmed(`One line, at most ${limit} characters.`, limit), atMost(limit), isOneLine)

/** Text of several lines, trimmed, NFC. */
export const text = (limit: number) =>
  v.pipe(trimmed(`At most ${limit} characters, with line breaks.`, limit), atMost(limit), isText)

/** An address that others will load or follow; kept as the URL standard writes it, which has no odd characters. */
export const address = (schemes: readonly string[]) => {
  const expected = schemes.map(scheme => `${scheme}//`).join(' or ')
  return v.pipe(
    trimmed(`An ${expected} address, at most 2048 characters.`, 2_048),
    v.maxLength(2_048, 'must have at most 2048 characters'),
    v.check(text => {
      // Punycode takes a time that grows with the square of a host, and a check runs after others have failed.
      const url = text.length > 2_048 ? null : URL.parse(text)
      return url !== null && schemes.includes(url.protocol) && url.username === '' && url.password === ''
    }, `must be an ${expected} address without a password in it`),
    v.transform(text => new URL(text).href),
    v.maxLength(2_048, 'must have at most 2048 characters when its odd characters are percent-encoded'),
  )
}
