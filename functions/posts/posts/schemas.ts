import * as v from 'valibot'
import { Count, KnownUsername, Timestamp, textUpTo, Uri, Uuid } from '../../shared/formats.ts'
import { address, atMost, isVisible, line, markdown, maxJsonBytes, notFarOver } from '../../shared/text.ts'
import { DateTime } from '../../shared/time.ts'

export const maxBodyLength = 100_000
/** The body and all other members. */
export const maxRequestBytes = maxJsonBytes(maxBodyLength + 10_000)

/** Including the ending that makes it unique. */
export const maxSlugLength = 112

/** 200 characters and the ellipsis. */
export const maxExcerptLength = 201

export const statuses = ['draft', 'scheduled', 'published', 'archived'] as const
export const Status = v.picklist(statuses)

/**
 * As Unicode compares identifiers (NFKC_Casefold), which leaves out what shows nothing: joiners, variation selectors. Lower
 * case leaves a second dot above the i of İ.
 */
const foldTag = (text: string) =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replaceAll('i\u0307', 'i')
    .normalize('NFKC')
    .trim()

/** Normalized as people search for it: two tags that look the same are one. */
export const Tag = v.pipe(
  v.string(),
  notFarOver(40),
  v.transform(foldTag),
  v.regex(
    /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}.+#_-]*$/u,
    'may have letters, digits, and . + # _ - after the first',
  ),
  atMost(40),
  isVisible,
  // Of the pattern above, what every implementation of JSON Schema understands: many compile it without \p.
  v.metadata({
    description: 'Letters, digits, and . + # _ - after the first.',
    minLength: 1,
    maxLength: 40,
    pattern: '^[^\\s!-/:-@[-`{-~][^\\s!-"$-*,/:-@[-^`{-~]*$',
  }),
)

const Tags = v.pipe(
  v.array(Tag),
  v.maxLength(10, 'must have at most 10 members'),
  v.transform(tags => [...new Set(tags)]),
  v.description('At most 10; converted to lower case, duplicates removed.'),
)

const Body = markdown(maxBodyLength)

/** Loaded with the first language that is sent: most requests have none. */
let languageNames: Intl.DisplayNames | undefined
const languagePattern = /^[a-z]{2,3}$/
function isKnownLanguage(code: string): boolean {
  // The pattern above has reported this error.
  if (!languagePattern.test(code)) return true
  languageNames ??= new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })
  return languageNames.of(code) !== undefined
}

/** A list by one code would lack the posts with another of the same language. */
const shortestCode = (code: string): string => new Intl.Locale(code).language

export const Language = v.pipe(
  v.string(),
  v.regex(languagePattern, 'must be a language code of two or three letters (ISO 639)'),
  v.check(isKnownLanguage, 'must be the code of a known language (ISO 639)'),
  v.transform(shortestCode),
  v.description('ISO 639; of several codes of a language the one that BCP 47 prefers: `eng` becomes `en`.'),
)

const SlugRequest = v.pipe(
  line(120),
  v.check(text => /[\p{L}\p{N}]/u.test(text), 'must have a letter or a digit'),
  v.description(
    'Preferred slug, normalized to ASCII: 422 if nothing is left of it, 409 if it is already in use.',
  ),
)

const fields = {
  title: line(200),
  body: Body,
  summary: v.nullable(line(500)),
  tags: Tags,
  status: Status,
  publishedAt: v.nullable(DateTime),
  coverImageUrl: v.nullable(address(['https:'])),
  canonicalUrl: v.nullable(address(['https:', 'http:'])),
  language: v.nullable(Language),
  commentsOpen: v.boolean(),
}

export const NewPost = v.strictObject({
  title: fields.title,
  body: fields.body,
  summary: v.optional(fields.summary, null),
  tags: v.optional(fields.tags, []),
  status: v.optional(fields.status, 'published'),
  publishedAt: v.optional(fields.publishedAt, null),
  coverImageUrl: v.optional(fields.coverImageUrl, null),
  canonicalUrl: v.optional(fields.canonicalUrl, null),
  language: v.optional(fields.language, null),
  commentsOpen: v.optional(fields.commentsOpen, true),
  slug: v.optional(SlugRequest),
})

/** JSON merge-patch (RFC 7396): an absent member keeps its value, null clears it; a null slug is made from the title. */
export const PostPatch = v.partial(
  v.strictObject({
    ...fields,
    tags: v.pipe(
      v.nullable(fields.tags),
      v.transform(tags => tags ?? []),
    ),
    slug: v.nullable(SlugRequest),
  }),
)

export const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,110}[a-z0-9])?$/
export const noSuchPost = 'There is no post at this address.'

/** Of any other text no post can be the slug, and Postgres takes no U+0000. */
export const SlugParameter = v.object({
  slug: v.pipe(v.string(), v.metadata({ maxLength: maxSlugLength }), v.regex(slugForm, noSuchPost)),
})

export const Author = v.object({
  username: KnownUsername,
  displayName: v.nullable(textUpTo(80)),
  avatarUrl: v.nullable(Uri),
})

export const common = {
  id: Uuid,
  version: v.pipe(
    v.string(),
    v.metadata({ pattern: '^\\d+-[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}$' }),
    v.description('Changes when the author changes the post. For If-Match, in quotes.'),
  ),
  slug: textUpTo(maxSlugLength),
  title: textUpTo(200),
  tags: v.pipe(v.array(textUpTo(40)), v.metadata({ maxItems: 10 })),
  status: Status,
  author: Author,
  favoritesCount: Count,
  commentsCount: Count,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  publishedAt: v.nullable(Timestamp),
  coverImageUrl: v.nullable(Uri),
  canonicalUrl: v.nullable(Uri),
  language: v.nullable(v.pipe(v.string(), v.metadata({ pattern: languagePattern.source }))),
  commentsOpen: v.boolean(),
  readingMinutes: Count,
}

export const Post = v.object({
  ...common,
  summary: v.nullable(textUpTo(500)),
  excerpt: textUpTo(maxExcerptLength),
  body: textUpTo(maxBodyLength),
  html: v.pipe(v.string(), v.description('Sanitized when the post was written.')),
})

type Fields = { [Name in keyof typeof fields]: v.InferOutput<(typeof fields)[Name]> }
/** The fields that the author writes; post-fields.ts has the column of each. */
export type AuthoredFields = Omit<Fields, 'status' | 'publishedAt'>
export type NewPost = v.InferOutput<typeof NewPost>
export type PostPatch = v.InferOutput<typeof PostPatch>
export type Post = v.InferOutput<typeof Post>
export type Status = (typeof statuses)[number]
