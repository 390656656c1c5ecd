import type { SearchQuery } from './search-statement.ts'
import { isUnspacedWord, type SearchTerm } from './words.ts'

/** Undefined where nothing is asked for, only excluded, or nothing at all. */
export function toSearchQuery(terms: readonly SearchTerm[], literal: string): SearchQuery | undefined {
  const wanted = terms.filter(term => !term.isExcluded)
  if (wanted.length === 0) return undefined
  const excluded = terms.filter(term => term.isExcluded).map(operandOf)
  const end = terms.at(-1)
  const last = end && !end.isExcluded && !end.isPhrase ? end.words.at(-1) : undefined
  const isOpen = last !== undefined && !isUnspacedWord(last)
  const others = [
    ...wanted.slice(0, -1).map(operandOf),
    ...(wanted.at(-1)?.words.slice(0, -1).map(quote) ?? []),
  ]
  const isPlain = excluded.length === 0 && !wanted.some(term => term.isPhrase)
  return {
    required: wanted.map(operandOf).join(' & '),
    others: isOpen && others.length > 0 ? others.join(' & ') : null,
    last: isOpen ? quote(last) : null,
    excluded: excluded.length > 0 ? excluded.join(' | ') : null,
    literal: literal.toLowerCase(),
    words: isPlain ? wanted.flatMap(term => term.words) : [],
  }
}

/** Pairs of characters are indexed without their order, so a phrase of them has each. */
function operandOf({ words, isPhrase }: SearchTerm): string {
  const isOrdered = isPhrase && !words.some(isUnspacedWord)
  return `(${words.map(quote).join(isOrdered ? ' <-> ' : ' & ')})`
}

/** Words are letters and digits, so nothing in them needs escaping. One character begins the pairs that it is found by. */
const quote = (word: string) => `'${word}'${isUnspacedWord(word) && [...word].length === 1 ? ':*' : ''}`
