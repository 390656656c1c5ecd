import * as v from 'valibot'
import { Count, NextCursor, textUpTo } from '../../shared/formats.ts'
import { pageParameters } from '../../shared/http/cursor.ts'
import { upTo } from '../../shared/text.ts'
import { DateTime } from '../../shared/time.ts'
import { common, Language, maxBodyLength, maxExcerptLength, statuses, Tag } from '../posts/schemas.ts'

const listFields = ['summary', 'excerpt', 'html', 'body'] as const
export type ListField = (typeof listFields)[number]
export const usualFields: readonly ListField[] = ['summary', 'excerpt']

export const ListedPost = v.object({
  ...common,
  summary: v.optional(v.nullable(textUpTo(500))),
  excerpt: v.optional(textUpTo(maxExcerptLength)),
  body: v.optional(textUpTo(maxBodyLength)),
  html: v.optional(v.string()),
  highlights: v.optional(
    v.object({
      title: v.pipe(v.string(), v.description('HTML: the escaped title with matches in <mark>.')),
      text: v.pipe(
        v.string(),
        v.description('HTML: the escaped words around a match, with matches in <mark>.'),
      ),
    }),
  ),
})

export const PostPage = v.object({
  items: v.array(ListedPost),
  nextCursor: NextCursor,
  total: v.optional(Count),
  totalIsExact: v.optional(v.boolean()),
})

export const Username = upTo(64)

const anyField = `(?:${listFields.join('|')})`
const fieldsPattern = `^(?:none|${anyField}(?:,${anyField})*)$`

/** Each at most once, sorted: every sequence would be a prepared statement of its own. */
const Fields = v.pipe(
  v.string(),
  v.maxLength(listFields.join().length, `must be none, or some of ${listFields.join()} separated by commas`),
  v.transform(text => (text === 'none' ? [] : text.split(','))),
  v.array(v.picklist(listFields, `must be none, or some of ${listFields.join()} separated by commas`)),
  v.check(fields => new Set(fields).size === fields.length, 'must name each field once'),
  v.transform(fields => listFields.filter(field => fields.includes(field))),
  v.metadata({ type: 'string', pattern: fieldsPattern }),
)

export const ListQuery = v.strictObject({
  ...pageParameters,
  tag: v.optional(Tag),
  author: v.optional(Username),
  favoritedBy: v.optional(Username),
  language: v.optional(Language),
  from: v.optional(DateTime),
  to: v.optional(DateTime),
  state: v.optional(v.picklist([...statuses, 'any'])),
  order: v.optional(v.picklist(['newest', 'oldest', 'favorites'])),
  fields: v.optional(Fields, usualFields.join()),
  total: v.optional(v.pipe(v.picklist(['true', 'false']), v.metadata({ type: 'boolean' })), 'false'),
  q: v.optional(upTo(200)),
})

export type ListedPost = v.InferOutput<typeof ListedPost>
export type ListQuery = v.InferOutput<typeof ListQuery>
