import { randomInt } from 'node:crypto'

const maxLength = 80
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
/** Paths of posts that have the form of a slug. */
const reserved = new Set(['health', 'feed', 'tags', 'favorites', 'search', 'comments'])

/** A readable address from a title in any script; the tables for it are loaded with the first write. */
export async function toSlug(text: string): Promise<string> {
  const { transliterate } = await import('transliteration')
  const words = transliterate(text.normalize('NFKC'))
    .toLowerCase()
    .replaceAll(/['’`"]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const slug =
    words.length <= maxLength ? words : words.slice(0, words.lastIndexOf('-', maxLength) || maxLength)
  return slug.slice(0, maxLength).replace(/-$/, '') || 'post'
}

/** The names to try, one after the other: as it is, then with an ending that is easy to read out and ever longer. */
export function* slugCandidates(slug: string): Generator<string> {
  if (!reserved.has(slug)) yield slug
  for (const length of [4, 4, 6, 8, 12]) yield `${slug}-${ending(length)}`
}

export const isReserved = (slug: string): boolean => reserved.has(slug)

/** What can be nobody's slug is never asked for. */
export const hasFormOfSlug = (text: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,110}[a-z0-9])?$/.test(text)

const ending = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
