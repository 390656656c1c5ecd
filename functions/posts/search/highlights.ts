const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, character => escapes[character] ?? '')

const wordsBefore = 8
const wordsShown = 30

/** The words around a match; the first ones where there is none. */
export function toMarkedExcerpt(marked: string): string {
  const words = marked.trim().split(/\s+/)
  const first = Math.max(0, indexOfMatch(words) - wordsBefore)
  return toMarkedHtml(words.slice(first, first + wordsShown).join(' '))
}

/** Of two matches next to each other, or else of the first. */
function indexOfMatch(words: readonly string[]): number {
  const isMatch = (word: string | undefined) => word?.includes('\u0002') === true
  const pair = words.findIndex((word, n) => isMatch(word) && isMatch(words[n + 1]))
  return pair === -1 ? words.findIndex(isMatch) : pair
}

/** Marked text as HTML. It may be cut in the middle of a match. */
export const toMarkedHtml = (marked: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of highlight-columns.ts.
  escapeHtml(marked).replaceAll(/\u0002([^\u0002\u0003]*)\u0003|[\u0002\u0003]/g, (_, word?: string) =>
    word === undefined ? '' : `<mark>${word}</mark>`,
  )
