import { randomInt } from 'node:crypto'
import { DomainError } from '../../shared/domain-error.ts'
import { slugForm } from './schemas.ts'

const maxLength = 80
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const endingLengths = [4, 4, 6, 8, 12]
const endingForm = new RegExp(`^-(?:${endingLengths.map(length => `[${alphabet}]{${length}}`).join('|')})$`)
/** A last word up to this length is left out rather than cut. */
const maxDropped = 20
/** Present and possible paths below /posts that look like a slug; a test compares them with the routes. */
const reserved = new Set(['health', 'feed', 'tags', 'favorites', 'search', 'comments', 'openapi', 'sitemap'])

/** Makes a readable slug from a title in any script. */
export const toSlug = async (title: string): Promise<string> => (await readable(title)) || 'post'

export async function toRequestedSlug(text: string): Promise<string> {
  const slug = await readable(text)
  if (slug !== '') return slug
  const message = 'must have a letter or a digit that can be written in ASCII'
  throw new DomainError('invalid_member', { path: 'slug', message })
}

/** Empty for a text in a script without a transliteration. */
async function readable(text: string): Promise<string> {
  const words = (await toAscii(text))
    .toLowerCase()
    .replaceAll(/['’`"]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return shortened(words).replace(/-$/, '')
}

const isAscii = (text: string) => /^\p{ASCII}*$/u.test(text)

/** The tables are loaded with the first title that needs them. */
async function toAscii(text: string): Promise<string> {
  if (isAscii(text)) return text
  const { transliterate } = await import('transliteration')
  return transliterate(text.normalize('NFKC'))
}

/** Cuts between words if possible, otherwise within a long word. */
function shortened(words: string): string {
  if (words.length <= maxLength) return words
  const end = words.lastIndexOf('-', maxLength)
  return words.slice(0, maxLength - end > maxDropped ? maxLength : end)
}

/** Candidates in the order to try them: the slug itself, then with longer and longer random endings. */
export function* slugCandidates(slug: string): Generator<string> {
  if (!reserved.has(slug)) yield slug
  for (const length of endingLengths) yield `${slug}-${ending(length)}`
}

/** True if `slug` can be a candidate made from `base` with an ending. */
export const hasEnding = (slug: string, base: string): boolean =>
  slug.startsWith(base) && endingForm.test(slug.slice(base.length))

export const isReserved = (slug: string): boolean => reserved.has(slug)

/** False for a text that no post can have as its slug, so that the database need not be asked. */
export const isWellFormedSlug = (text: string): boolean => slugForm.test(text)

const ending = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
