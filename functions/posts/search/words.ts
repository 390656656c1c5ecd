/** One term of a search: words anywhere, or a quoted phrase of adjacent words. */
export interface SearchTerm {
  readonly words: readonly string[]
  readonly isPhrase: boolean
  readonly isExcluded: boolean
}

/** Scripts without spaces between words, and Hangul: the text index splits them further (posts.plain_words). */
const unspaced =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u')
const runs = new RegExp(`[${unspaced}]+|[^${unspaced}]+`, 'gu')

/** Emoji and other signs, each of which is a word (posts.symbol_words). */
const symbols = /[\u2190-\u2bff\u{1f000}-\u{1faff}]/gu
const symbolWord = /^u[\da-f]{4,5}$/

/** Each word costs an index lookup in up to 21 languages. Pairs of characters occur in fewer posts than words. */
const maxWords = 8
const costOf = (word: string) => (isUnspacedWord(word) ? 0.25 : 1)

const normalize = (text: string) => text.normalize('NFC').replaceAll(/[“”„‟]/g, '"')
const termPattern = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu

/**
 * Parses a search: words, `"a phrase"`, and either with a leading `-` to exclude it. Accepts any text; an open quote ends
 * with the text.
 */
export function parseSearch(text: string): readonly SearchTerm[] {
  const terms: SearchTerm[] = []
  let left = maxWords
  for (const [, minus, phrase, word] of normalize(text).matchAll(termPattern)) {
    const words: string[] = []
    for (const each of wordsOf(phrase ?? word ?? '')) {
      left -= costOf(each)
      if (left >= 0) words.push(each)
    }
    if (words.length > 0) terms.push({ words, isPhrase: phrase !== undefined, isExcluded: minus === '-' })
  }
  return terms
}

/** The wanted terms as typed, without quotes. */
export const literalOf = (text: string): string =>
  [...normalize(text).matchAll(termPattern)]
    .filter(([, minus]) => minus === '')
    .map(([, , phrase, word]) => (phrase ?? word ?? '').trim())
    .join(' ')

/** The vowel marks of Hebrew and Arabic, and the tatweel. */
const unwrittenMarks =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]/g

/** Letters of Arabic, Persian and Urdu that count as one: with and without hamza, and two forms of one letter. */
const oneLetter: readonly (readonly [RegExp, string])[] = [
  [/[\u0622\u0623\u0625\u0671]/g, '\u0627'],
  [/\u0624/g, '\u0648'],
  [/[\u0626\u0649\u06cc]/g, '\u064a'],
  [/[\u0629\u06c0-\u06c3]/g, '\u0647'],
  [/\u06a9/g, '\u0643'],
]

/**
 * A letter with its signs, escaped in Markdown or not, is a word of its own: c, of C++, is a stop word of French
 * (posts.name_signs).
 */
const nameSigns = (text: string) =>
  text
    .replaceAll(/(?<![A-Za-z0-9])([A-Za-z])\\?\+\\?\+/g, '$1 $1plusplus ')
    .replaceAll(/(?<![A-Za-z0-9])([A-Za-z])\\?#/g, '$1 $1sharp ')

/**
 * Removes what shows nothing: the parser of Postgres would take a soft hyphen or a joiner for a part of the word; and marks
 * that few people write. A zero-width space separates words, and subscripts are digits (posts.fold_words).
 */
const fold = (text: string) => {
  const plain = text
    .replaceAll('\u200b', ' ')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(unwrittenMarks, '')
    .replaceAll(symbols, symbol => ` u${symbol.codePointAt(0)?.toString(16)} `)
    .replaceAll(/[₀-₉]/g, digit => digit.normalize('NFKC'))
  return oneLetter.reduce((folded, [forms, letter]) => folded.replaceAll(forms, letter), plain)
}

/** Splits texts and searches alike into words of letters and digits, symbols, and unspaced text into pairs of characters. */
export const wordsOf = (text: string): readonly string[] =>
  (nameSigns(fold(text)).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])
    .flatMap(word => word.match(runs) ?? [])
    .flatMap(pairsOf)

function pairsOf(run: string): readonly string[] {
  const characters = [...run]
  if (!isUnspaced.test(run) || characters.length === 1) return [run]
  return characters.slice(1).map((character, n) => `${characters[n]}${character}`)
}

/** True for what is indexed without its place in the text, the same in every language. */
export const isUnspacedWord = (word: string): boolean => isUnspaced.test(word) || symbolWord.test(word)
