import type { SearchQuery } from './search-statement.ts'
import { isUnspacedWord, type SearchTerm } from './words.ts'

/** Letters of a search for similar words: each costs Postgres a millisecond among 200,000 words of titles. */
const maxMistyped = 64

/** Undefined for a search without a wanted term. */
export function toSearchQuery(terms: readonly SearchTerm[], literal: string): SearchQuery | undefined {
  const wanted = terms.filter(term => !term.isExcluded)
  if (wanted.length === 0) return undefined
  const excluded = terms.filter(term => term.isExcluded).map(operandOf)
  const end = terms.at(-1)
  const last = end && !end.isExcluded && !end.isPhrase ? end.words.at(-1) : undefined
  const isOpen = last !== undefined && !isUnspacedWord(last)
  const others = [
    ...wanted.slice(0, -1).map(operandOf),
    ...(wanted.at(-1)?.words.slice(0, -1).map(spellings) ?? []),
  ]
  const isPlain = excluded.length === 0 && !wanted.some(term => term.isPhrase)
  const words = wanted.flatMap(term => term.words)
  return {
    required: wanted.map(operandOf).join(' & '),
    others: isOpen && others.length > 0 ? others.join(' & ') : null,
    last: isOpen ? quote(last) : null,
    excluded: excluded.length > 0 ? excluded.join(' | ') : null,
    literal: literal.toLowerCase(),
    words: isPlain && words.join('').length <= maxMistyped ? words : [],
  }
}

/** Pairs of characters are indexed without their positions, so a phrase of them cannot require an order. */
function operandOf({ words, isPhrase }: SearchTerm): string {
  const isOrdered = isPhrase && !words.some(isUnspacedWord)
  return `(${words.map(spellings).join(isOrdered ? ' <-> ' : ' & ')})`
}

/** Postgres makes σ of every capital Σ, and leaves ς as the last letter of a word in small letters. */
const spellings = (word: string) =>
  /[Σσς]$/.test(word) ? `(${['σ', 'ς'].map(end => quote(word.slice(0, -1) + end)).join(' | ')})` : quote(word)

/** Words consist of letters and digits and need no escaping. A single unspaced character is a prefix of the indexed pairs. */
const quote = (word: string) => `'${word}'${isUnspacedWord(word) && [...word].length === 1 ? ':*' : ''}`
