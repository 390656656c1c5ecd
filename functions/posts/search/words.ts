/** One of the things that a search asks for: words in any place, or with quotes around them next to each other. */
export interface SearchTerm {
  readonly words: readonly string[]
  readonly isPhrase: boolean
  readonly isExcluded: boolean
}

/** What the text index splits further (posts.plain_words): scripts that put no spaces between words, and Hangul. */
const unspaced =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\u{20000}-\\u{3ffff}'
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u')
const runs = new RegExp(`[${unspaced}]+|[^${unspaced}]+`, 'gu')

/** Each word costs a look into the index, in up to 21 languages. Pairs of characters are in fewer posts than words. */
const maxWords = 8
const costOf = (word: string) => (isUnspacedWord(word) ? 0.25 : 1)

const normalize = (text: string) => text.normalize('NFC').replaceAll(/[“”„‟]/g, '"')
const termPattern = /(-?)(?:"([^"]*)"?|([^\s"]+))/gu

/**
 * Parses a search: words, `"a phrase"`, and either with `-` in front of it for what must not be there. Takes any text;
 * a quote that is not closed ends with the text.
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

/** What is asked for as it was typed, without quotes and what is excluded. */
export const literalOf = (text: string): string =>
  [...normalize(text).matchAll(termPattern)]
    .filter(([, minus]) => minus === '')
    .map(([, , phrase, word]) => (phrase ?? word ?? '').trim())
    .join(' ')

/** Words are letters and digits, in texts as in searches. A text without spaces is looked for by each two characters. */
export const wordsOf = (text: string): readonly string[] =>
  (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).flatMap(word => word.match(runs) ?? []).flatMap(pairsOf)

function pairsOf(run: string): readonly string[] {
  const characters = [...run]
  if (!isUnspaced.test(run) || characters.length === 1) return [run]
  return characters.slice(1).map((character, n) => `${characters[n]}${character}`)
}

export const isUnspacedWord = (word: string): boolean => isUnspaced.test(word)
