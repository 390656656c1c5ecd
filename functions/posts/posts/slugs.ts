import { randomInt } from 'node:crypto'

const maxLength = 80
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const endingLengths = [4, 4, 6, 8, 12]
const endingForm = new RegExp(`^-(?:${endingLengths.map(length => `[${alphabet}]{${length}}`).join('|')})$`)
/** Of the last word, what may be left out rather than cut. */
const maxDropped = 20
/** Paths below /posts that have the form of a slug, now or some day; a test compares them with the routes. */
const reserved = new Set(['health', 'feed', 'tags', 'favorites', 'search', 'comments', 'openapi', 'sitemap'])

/** A readable address from a title in any script; the tables for it are loaded with the first write. */
export async function toSlug(text: string): Promise<string> {
  const { transliterate } = await import('transliteration')
  const words = transliterate(text.normalize('NFKC'))
    .toLowerCase()
    .replaceAll(/['’`"]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return shortened(words).replace(/-$/, '') || 'post'
}

/** Ends between words where one is near the limit, otherwise within a long word. */
function shortened(words: string): string {
  if (words.length <= maxLength) return words
  const end = words.lastIndexOf('-', maxLength)
  return words.slice(0, maxLength - end > maxDropped ? maxLength : end)
}

/** The names to try, one after the other: as it is, then with an ending that is easy to read out and ever longer. */
export function* slugCandidates(slug: string): Generator<string> {
  if (!reserved.has(slug)) yield slug
  for (const length of endingLengths) yield `${slug}-${ending(length)}`
}

/** True where `slug` can be one of the candidates made from `base`, with an ending. */
export const hasEnding = (slug: string, base: string): boolean =>
  slug.startsWith(base) && endingForm.test(slug.slice(base.length))

export const isReserved = (slug: string): boolean => reserved.has(slug)

/** What can be nobody's slug is never asked for. */
export const isWellFormedSlug = (text: string): boolean =>
  /^[a-z0-9](?:[a-z0-9-]{0,110}[a-z0-9])?$/.test(text)

const ending = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
